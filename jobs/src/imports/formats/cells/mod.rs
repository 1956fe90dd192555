//! CSV as records of cells, by RFC 4180: quotation marks, quotation marks doubled, line breaks within quotation marks; commas
//! between cells, or what the header line has instead. Written here rather than taken from a crate because a run must go on
//! after a line that is too long or a quotation mark that nobody closes, must name the line of every fault, must notice a
//! quotation mark that would swallow the lines after it, and must not hold more of a broken file than [`MAX_RECORD_LINES`].

use domain::text;

use crate::imports::source::{FileError, Line, Lines, MAX_LINE};

/// Most lines that one record may span.
const MAX_RECORD_LINES: usize = 100;
/// What may stand between cells. The first is the usual one.
const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];
const UNCLOSED: &str = "This line has an opening quotation mark without a closing one.";

/// The records of a file, one at a time.
pub struct Records {
    lines: Lines,
    cells: Cells,
    first: u64,
    fault: Option<&'static str>,
    // Whether the first record, the header, was read.
    begun: bool,
    shape: Shape,
    // For a look at a line by itself.
    alone: Cells,
}

/// What a whole record of the file looks like.
#[derive(Clone, Debug, Default)]
pub struct Shape {
    /// How many cells it has at least.
    pub least: usize,
    /// How many the header has.
    pub most: usize,
    /// Which of them always hold numbers.
    pub numbers: Vec<usize>,
}

impl Records {
    /// Of `lines`.
    pub fn new(lines: Lines) -> Self {
        let (cells, alone) = (Cells::default(), Cells::default());
        Self { lines, cells, first: 0, fault: None, begun: false, shape: Shape::default(), alone }
    }

    /// Says what whole records look like, so that one within a cell is noticed.
    pub fn expect(&mut self, shape: Shape) {
        self.shape = shape;
    }

    /// Moves on to the next record in which there is anything; whether there is one.
    ///
    /// # Errors
    /// When the file as a whole is at fault.
    pub fn advance(&mut self) -> Result<bool, FileError> {
        loop {
            self.cells.clear();
            self.fault = None;
            let closed = match self.lines.next_line()? {
                None => return Ok(false),
                Some(Line::Text("")) => continue,
                Some(Line::Text(text)) => {
                    if !self.begun {
                        if let Some(sign) = named_delimiter(text) {
                            self.cells.named = Some(sign);
                            continue;
                        }
                        self.cells.delimiter = self.cells.named.unwrap_or_else(|| delimiter(text));
                    }
                    self.cells.feed(text)
                }
                Some(Line::TooLong) => {
                    self.fault = Some("This line is longer than 1 MB.");
                    true
                }
            };
            self.first = self.lines.number();
            if !closed {
                self.read_on()?;
            }
            // Spreadsheets write rows of nothing between and below their data.
            if self.fault.is_none() && self.cells.is_blank() {
                continue;
            }
            self.begun = true;
            return Ok(true);
        }
    }

    /// What makes the record unreadable, if anything does; then it has the cells before that.
    pub const fn fault(&self) -> Option<&'static str> {
        self.fault
    }

    /// Its first line.
    pub const fn first_line(&self) -> u64 {
        self.first
    }

    /// Its last line.
    pub const fn last_line(&self) -> u64 {
        self.lines.number()
    }

    /// How many cells it has.
    pub fn len(&self) -> usize {
        self.cells.ends.len()
    }

    /// The cell at `index` without surrounding spaces; empty when there is none.
    pub fn cell(&self, index: usize) -> &str {
        text::trim(self.cells.get(index))
    }

    // The quotation mark may close on a following line. When it does not, or not before another whole record, or in the midst of
    // a cell, the lines after the first come again.
    fn read_on(&mut self) -> Result<(), FileError> {
        let mut held = Vec::new();
        let mut size = 0;
        let before = self.cells.ends.len();
        self.cells.is_sloppy = false;
        self.alone.delimiter = self.cells.delimiter;
        while held.len() < MAX_RECORD_LINES && size < MAX_LINE {
            match self.lines.next_line()? {
                None => break,
                Some(Line::TooLong) => {
                    held.push(None);
                    break;
                }
                Some(Line::Text(text)) => {
                    self.cells.text.push('\n');
                    size += text.len();
                    held.push(Some(text.to_owned()));
                    let closed = self.cells.feed(text);
                    if self.cells.is_sloppy || self.alone.is_whole(text, &self.shape) {
                        break;
                    }
                    if closed {
                        return Ok(());
                    }
                }
            }
        }
        self.cells.keep(before);
        self.fault = Some(UNCLOSED);
        self.lines.put_back(self.first, held);
        Ok(())
    }
}

// What a file says of itself in a line before its header, as Excel reads it: `sep=;`.
fn named_delimiter(line: &str) -> Option<char> {
    let name = line.get(..4).filter(|name| name.eq_ignore_ascii_case("sep="))?;
    let mut rest = line[name.len()..].chars();
    rest.next().filter(|sign| DELIMITERS.contains(sign) && rest.next().is_none())
}

// What stands most often between the names of a header line.
fn delimiter(header: &str) -> char {
    let mut best = (0, DELIMITERS[0]);
    for sign in DELIMITERS {
        // Every other part is within quotation marks.
        let found: usize = header.split('"').step_by(2).map(|part| part.matches(sign).count()).sum();
        if found > best.0 {
            best = (found, sign);
        }
    }
    best.1
}

struct Cells {
    text: String,
    ends: Vec<usize>,
    delimiter: char,
    named: Option<char>,
    quoted: bool,
    // Whether more came behind a closing quotation mark.
    is_sloppy: bool,
}

impl Default for Cells {
    fn default() -> Self {
        let (text, ends) = (String::new(), Vec::new());
        Self { text, ends, delimiter: DELIMITERS[0], named: None, quoted: false, is_sloppy: false }
    }
}

impl Cells {
    fn is_blank(&self) -> bool {
        text::trim(&self.text).is_empty()
    }

    // The first `count` of them.
    fn keep(&mut self, count: usize) {
        self.ends.truncate(count);
        self.text.truncate(self.ends.last().copied().unwrap_or(0));
        self.quoted = false;
    }

    // Whether `line` is a record by itself.
    fn is_whole(&mut self, line: &str, shape: &Shape) -> bool {
        self.clear();
        let number = |text: &str| {
            let sign = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+' | ' ' | '\'');
            text.contains(|c: char| c.is_ascii_digit()) && text.chars().all(sign)
        };
        shape.least > 1
            && self.feed(line)
            && (shape.least..=shape.most).contains(&self.ends.len())
            && shape.numbers.iter().all(|index| number(text::trim(self.get(*index))))
    }

    fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
        self.quoted = false;
    }

    fn get(&self, index: usize) -> &str {
        let Some(end) = self.ends.get(index) else { return "" };
        let start = index.checked_sub(1).and_then(|i| self.ends.get(i)).copied().unwrap_or(0);
        self.text.get(start..*end).unwrap_or_default()
    }

    /// Takes in one more line; whether the record ends with it.
    fn feed(&mut self, line: &str) -> bool {
        let mut rest = line;
        loop {
            if self.quoted {
                let Some((inside, after)) = rest.split_once('"') else {
                    self.text.push_str(rest);
                    return false;
                };
                self.text.push_str(inside);
                rest = after;
                if let Some(after) = rest.strip_prefix('"') {
                    self.text.push('"');
                    rest = after;
                    continue;
                }
                self.quoted = false;
                self.is_sloppy |= !rest.is_empty() && !rest.starts_with(self.delimiter);
            } else if let Some(after) = rest.strip_prefix('"') {
                self.quoted = true;
                rest = after;
                continue;
            }
            let Some((inside, after)) = rest.split_once(self.delimiter) else {
                self.text.push_str(rest);
                self.ends.push(self.text.len());
                return true;
            };
            self.text.push_str(inside);
            self.ends.push(self.text.len());
            rest = after;
        }
    }
}

#[cfg(test)]
mod tests;
