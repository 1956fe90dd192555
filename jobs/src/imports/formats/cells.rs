//! CSV as records of cells, by RFC 4180: commas, quotation marks, quotation marks doubled, line breaks within
//! quotation marks. Written here rather than taken from a crate because a run must go on after a line that is
//! too long or a quotation mark that nobody closes, must name the line of every fault, and must not hold more
//! of a broken file than [`MAX_RECORD_LINES`].

use crate::imports::source::{FileError, Line, Lines, MAX_LINE};

/// Most lines that one record may span.
const MAX_RECORD_LINES: usize = 100;

/// The records of a file, one at a time.
pub struct Records {
    lines: Lines,
    cells: Cells,
    first: u64,
    fault: Option<&'static str>,
}

impl Records {
    /// Of `lines`.
    pub fn new(lines: Lines) -> Self {
        Self { lines, cells: Cells::default(), first: 0, fault: None }
    }

    /// Moves on to the next record that is not an empty line; whether there is one.
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
                Some(Line::Text(text)) => self.cells.feed(text),
                Some(Line::TooLong) => {
                    self.fault = Some("is longer than 1 MB");
                    true
                }
            };
            self.first = self.lines.number();
            if !closed {
                self.read_on()?;
            }
            return Ok(true);
        }
    }

    /// What makes the record unreadable, if anything does; then it has no cells.
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
        self.cells.get(index).trim()
    }

    // The quotation mark may close on a following line. When it does not, the lines after the first come again.
    fn read_on(&mut self) -> Result<(), FileError> {
        let mut held = Vec::new();
        let mut size = 0;
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
                    if self.cells.feed(text) {
                        return Ok(());
                    }
                }
            }
        }
        self.cells.clear();
        self.fault = Some("opens a cell with a quotation mark that nothing closes");
        self.lines.put_back(self.first, held);
        Ok(())
    }
}

#[derive(Default)]
struct Cells {
    text: String,
    ends: Vec<usize>,
    quoted: bool,
}

impl Cells {
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
            } else if let Some(after) = rest.strip_prefix('"') {
                self.quoted = true;
                rest = after;
                continue;
            }
            let Some((inside, after)) = rest.split_once(',') else {
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
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(u64, u64, Vec<String>)> {
        let lines = Lines::new(std::io::Cursor::new(text.to_owned()), text.len() as u64).unwrap();
        let mut records = Records::new(lines);
        let mut all = Vec::new();
        while records.advance().unwrap() {
            let cells = match records.fault() {
                Some(fault) => vec![format!("! {fault}")],
                None => (0..records.len()).map(|i| records.cell(i).to_owned()).collect(),
            };
            all.push((records.first_line(), records.last_line(), cells));
        }
        all
    }

    #[test]
    fn cells_follow_rfc_4180() {
        for (text, cells) in [
            ("a,b,c", vec!["a", "b", "c"]),
            (",,", vec!["", "", ""]),
            ("\"a,b\",\"7\"\" SINGLE\",", vec!["a,b", "7\" SINGLE", ""]),
            ("7\" SINGLE, x ,\"\"", vec!["7\" SINGLE", "x", ""]),
            ("\"a\"b,c", vec!["ab", "c"]),
        ] {
            assert_eq!(read(text), [(1, 1, cells.iter().map(|c| (*c).to_owned()).collect())], "{text}");
        }
    }

    #[test]
    fn a_cell_may_hold_line_breaks() {
        let found = read("a,\"one\r\n\r\ntwo\",b\r\nc\r\n");
        assert_eq!(found[0], (1, 3, vec!["a".into(), "one\n\ntwo".into(), "b".into()]));
        assert_eq!(found[1], (4, 4, vec!["c".into()]));
    }

    #[test]
    fn an_unclosed_quotation_mark_spoils_its_own_line_only() {
        let mut text = String::from("a,\"oops,1\n");
        for n in 0..300 {
            text.push_str(&format!("b{n},2\n"));
        }
        let found = read(&text);
        assert_eq!(found.len(), 301);
        assert_eq!(found[0].0, 1);
        assert!(found[0].2[0].starts_with("! opens a cell"), "{:?}", found[0]);
        assert_eq!(found[300], (301, 301, vec!["b299".into(), "2".into()]));
        assert_eq!(read("x\na,\"oops\nb")[2], (3, 3, vec!["b".into()]));
    }
}
