//! The entries of a JSON file: the elements of one list, or one a line. A list is taken apart by its brackets and quotation
//! marks alone, so that no more than one entry is in memory and one that is no JSON costs no other.

use std::io::BufRead;

use super::text::shown;
use crate::imports::source::{FileError, Line, Lines, MAX_LINE, broken};

const BYTE_ORDER_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

/// The entries of a file.
pub enum JsonEntries {
    /// One a line. Lines may be blank.
    Lines(Lines),
    /// One list.
    List(Elements),
}

impl JsonEntries {
    /// Of a file in `format`.
    ///
    /// # Errors
    /// When the file is empty, or begins with neither a list nor an object.
    pub fn new(mut lines: Lines, format: &'static str) -> Result<Self, FileError> {
        let first = lines.beginning()?;
        let Some(at) = first.iter().position(|byte| !is_before(*byte)) else {
            return if first.is_empty() { Err(FileError::Empty) } else { Ok(Self::Lines(lines)) };
        };
        match first[at] {
            b'[' => Ok(Self::List(Elements::new(lines.into_bytes()))),
            b'{' => Ok(Self::Lines(lines)),
            _ => {
                let line = first[at..].split(|byte| *byte == b'\n').next().unwrap_or_default();
                Err(FileError::WrongFormat { format, begins: shown(&String::from_utf8_lossy(line)) })
            }
        }
    }

    /// The next entry, or a blank line.
    ///
    /// # Errors
    /// When the file cannot be read on.
    pub fn next_entry(&mut self) -> Result<Option<Line<'_>>, FileError> {
        match self {
            Self::Lines(lines) => lines.next_line(),
            Self::List(elements) => elements.next_element(),
        }
    }

    /// The line of the entry that came last or, of a list, its 1-based number.
    pub const fn number(&self) -> u64 {
        match self {
            Self::Lines(lines) => lines.number(),
            Self::List(elements) => elements.number,
        }
    }
}

/// The elements of a list.
pub struct Elements {
    input: Box<dyn BufRead + Send>,
    place: Place,
    element: Vec<u8>,
    number: u64,
    // Of the next byte: its 1-based line, and how many bytes of that come before it.
    line: u64,
    column: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Before,
    Within,
    After,
}

impl Elements {
    fn new(input: Box<dyn BufRead + Send>) -> Self {
        Self { input, place: Place::Before, element: Vec::new(), number: 0, line: 1, column: 0 }
    }

    fn next_element(&mut self) -> Result<Option<Line<'_>>, FileError> {
        if !self.find_element()? {
            return Ok(None);
        }
        self.number += 1;
        self.element.clear();
        let (line, column) = (self.line, self.column);
        let mut scan = Scan::default();
        while !scan.is_over {
            let bytes = self.input.fill_buf().map_err(broken)?;
            if bytes.is_empty() {
                return Err(self.malformed("it ends in the middle of an order"));
            }
            let taken = scan.take(bytes);
            let room = (MAX_LINE + 1).saturating_sub(self.element.len());
            self.element.extend_from_slice(&bytes[..taken.min(room)]);
            self.pass(taken)?;
        }
        if self.element.len() > MAX_LINE {
            return Ok(Some(Line::TooLong));
        }
        match std::str::from_utf8(&self.element) {
            Ok(text) => Ok(Some(Line::Text(text))),
            Err(error) => Err(not_utf8(&self.element[..error.valid_up_to()], line, column)),
        }
    }

    // Goes to the first byte of the next element; whether there is one.
    fn find_element(&mut self) -> Result<bool, FileError> {
        loop {
            let bytes = self.input.fill_buf().map_err(broken)?;
            if bytes.is_empty() {
                return match self.place {
                    Place::After => Ok(false),
                    Place::Before | Place::Within => Err(self.malformed("it ends in the middle of the list")),
                };
            }
            let is_between = |byte: u8| match self.place {
                Place::Before => is_before(byte),
                Place::Within => byte.is_ascii_whitespace() || byte == b',',
                Place::After => byte.is_ascii_whitespace(),
            };
            let Some(at) = bytes.iter().position(|byte| !is_between(*byte)) else {
                let all = bytes.len();
                self.pass(all)?;
                continue;
            };
            match (self.place, bytes[at]) {
                (Place::Before, b'[') => self.place = Place::Within,
                (Place::Within, b']') => self.place = Place::After,
                (Place::Within, _) => return self.pass(at).map(|()| true),
                (Place::Before | Place::After, _) => return Err(self.malformed("there is something beside the list")),
            }
            self.pass(at + 1)?;
        }
    }

    // Leaves the next `count` bytes, which are at hand, behind.
    fn pass(&mut self, count: usize) -> Result<(), FileError> {
        let passed = &self.input.fill_buf().map_err(broken)?[..count];
        let breaks = passed.iter().filter(|byte| **byte == b'\n').count();
        match passed.iter().rposition(|byte| *byte == b'\n') {
            Some(last) => self.column = count - last - 1,
            None => self.column += count,
        }
        self.line += breaks as u64;
        self.input.consume(count);
        Ok(())
    }

    fn malformed(&self, reason: &str) -> FileError {
        FileError::Malformed { language: "JSON", reason: reason.to_owned(), line: self.line }
    }
}

// How far an element goes.
#[derive(Default)]
struct Scan {
    depth: usize,
    is_quoted: bool,
    is_escaped: bool,
    is_over: bool,
}

impl Scan {
    // How many of `bytes` belong to the element.
    fn take(&mut self, bytes: &[u8]) -> usize {
        for (at, byte) in bytes.iter().enumerate() {
            match byte {
                _ if self.is_escaped => self.is_escaped = false,
                b'\\' if self.is_quoted => self.is_escaped = true,
                b'"' => self.is_quoted = !self.is_quoted,
                _ if self.is_quoted => {}
                b'{' | b'[' => self.depth += 1,
                b',' | b']' if self.depth == 0 => {
                    self.is_over = true;
                    return at;
                }
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        self.is_over = true;
                        return at + 1;
                    }
                }
                _ => {}
            }
        }
        bytes.len()
    }
}

const fn is_before(byte: u8) -> bool {
    let [first, second, third] = BYTE_ORDER_MARK;
    byte.is_ascii_whitespace() || byte == first || byte == second || byte == third
}

// The place behind `good`, which begins behind `column` bytes of `line`.
fn not_utf8(good: &[u8], line: u64, column: usize) -> FileError {
    let breaks = good.iter().filter(|byte| **byte == b'\n').count();
    let before = good.iter().rposition(|byte| *byte == b'\n').map_or(column + good.len(), |at| good.len() - at - 1);
    FileError::NotUtf8 { line: line + breaks as u64, byte: before + 1 }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn entries(text: &[u8]) -> Result<Vec<String>, FileError> {
        let lines = Lines::new(Cursor::new(text.to_vec()), text.len() as u64)?;
        let mut entries = JsonEntries::new(lines, "json")?;
        let mut all = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            all.push(match entry {
                Line::Text(text) => text.to_owned(),
                Line::TooLong => "too long".into(),
            });
        }
        Ok(all)
    }

    #[test]
    fn a_list_is_taken_apart_by_brackets_and_quotation_marks() {
        let text = "\u{feff} [ {\"a\": [1, {\"b\": \"]}\\\"\"}]}\n, 7,\"x,y\" ,{oops}\n]\n";
        assert_eq!(entries(text.as_bytes()).unwrap(), ["{\"a\": [1, {\"b\": \"]}\\\"\"}]}", "7", "\"x,y\" ", "{oops}"]);
        assert_eq!(entries(b"[]").unwrap(), [""; 0]);
        assert_eq!(entries(b"{}\n\n{}").unwrap(), ["{}", "", "{}"]);
    }

    #[test]
    fn a_list_that_breaks_off_or_goes_on_is_no_list() {
        for text in ["[", "[{}", "[{},", "[{}] {}", "[{\"a\": 1"] {
            let error = entries(text.as_bytes()).unwrap_err();
            assert!(matches!(error, FileError::Malformed { .. }), "{text}: {error}");
        }
        assert!(matches!(entries(b"").unwrap_err(), FileError::Empty));
        assert!(matches!(entries(b"a,b").unwrap_err(), FileError::WrongFormat { .. }));
    }

    #[test]
    fn a_long_element_is_passed_over_and_a_bad_byte_has_its_place() {
        let text = format!("[1,\"{}\",2]", "x".repeat(3 * MAX_LINE));
        assert_eq!(entries(text.as_bytes()).unwrap(), ["1", "too long", "2"]);
        let error = entries(b"[1,\n \"a\xff\"]").unwrap_err();
        assert!(matches!(error, FileError::NotUtf8 { line: 2, byte: 4 }), "{error}");
    }
}
