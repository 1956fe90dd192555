//! A snapshot file as lines: opens it, unpacks gzip, checks that it is UTF-8, and holds at most one line
//! (and never more than [`MAX_LINE`] of it) in memory.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use super::windows_1250::Windows1250;

/// Longest line that is read; a longer one is a problem of its own.
pub const MAX_LINE: usize = 1024 * 1024;
/// How many times its own size a compressed file may unpack to, against files made to fill a disk.
const MAX_RATIO: u64 = 200;
const BUFFER: usize = 128 * 1024;
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Why a file as a whole is refused. Nothing of it is stored.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It cannot be opened or read.
    #[error("cannot read the file: {0}; check its name and permissions")]
    Io(#[source] io::Error),
    /// It is over the limit; it was not read.
    #[error("the file has {size} bytes, more than the {limit} allowed here; split it, or raise the limit")]
    TooLarge {
        /// What it has.
        size: u64,
        /// What it may have.
        limit: u64,
    },
    /// Compressed, and unpacks to far more than an honest file does.
    #[error("the file unpacks to more than {0} bytes; unpack it yourself, split it and import the parts")]
    Unpacks(u64),
    /// Compressed data that stops early.
    #[error("the compressed file is incomplete; copy it again")]
    Truncated,
    /// Compressed data that does not match its checksum, or is followed by something else.
    #[error("the compressed data of the file is damaged ({0}); copy it again")]
    Damaged(String),
    /// Not UTF-8.
    #[error("the file is not UTF-8: see line {line}, byte {byte} of that line; save it as UTF-8 and try again")]
    NotUtf8 {
        /// 1-based line.
        line: u64,
        /// 1-based byte within the line.
        byte: usize,
    },
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// It is of another kind.
    #[error("this file is not in the format {format}; it begins with {begins}; choose the format of the file")]
    WrongFormat {
        /// The format that was asked for.
        format: &'static str,
        /// Its first words.
        begins: String,
    },
    /// Nothing shows which format it has.
    #[error("the format of this file is not known; it begins with {begins}; known formats are {known}")]
    Unrecognised {
        /// Its first words.
        begins: String,
        /// The names of all formats.
        known: String,
    },
    /// The header line does not name what is needed.
    #[error("the header line does not match {format}: {faults}")]
    Header {
        /// The format that was asked for.
        format: &'static str,
        /// Which columns are missing, unknown or named twice.
        faults: String,
    },
    /// It is no JSON or XML as a whole, or breaks off.
    #[error("the file is not valid {language}: {reason}, line {line}; export it again")]
    Malformed {
        /// What it should be.
        language: &'static str,
        /// What is wrong.
        reason: String,
        /// 1-based line.
        line: u64,
    },
    /// Too many orders are torn apart for a list of them.
    #[error("the lines of too many orders are not next to each other; sort the file by order number, then try again")]
    Scattered,
}

/// One line, without its end.
#[derive(Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// Its text.
    Text(&'a str),
    /// It is longer than [`MAX_LINE`]; it was passed over.
    TooLong,
}

/// The lines of a file.
pub struct Lines {
    input: Box<dyn BufRead + Send>,
    buffer: Vec<u8>,
    text: String,
    // Lines that were read too far and come again; `None` for one that is too long.
    again: VecDeque<Option<String>>,
    line: u64,
}

/// Opens the file at `path`, which may have up to `limit` bytes.
///
/// # Errors
/// When it cannot be read, or is over the limit.
pub fn open(path: &Path, limit: u64) -> Result<Lines, FileError> {
    let file = File::open(path).map_err(FileError::Io)?;
    let meta = file.metadata().map_err(FileError::Io)?;
    if !meta.is_file() {
        return Err(FileError::Io(io::Error::other("it is not a regular file")));
    }
    if meta.len() > limit {
        return Err(FileError::TooLarge { size: meta.len(), limit });
    }
    Lines::new(file, meta.len())
}

impl Lines {
    /// The lines of `input`, which has about `size` bytes; gzip is recognised by its first bytes.
    ///
    /// # Errors
    /// When `input` fails.
    pub fn new(input: impl Read + Send + 'static, size: u64) -> Result<Self, FileError> {
        let mut plain = BufReader::with_capacity(BUFFER, input);
        let packed = plain.fill_buf().map_err(FileError::Io)?.starts_with(&[0x1f, 0x8b]);
        let input: Box<dyn BufRead + Send> = if packed {
            let limit = size.saturating_mul(MAX_RATIO).max(MAX_LINE as u64);
            Box::new(BufReader::with_capacity(
                BUFFER,
                Unpacked { inner: MultiGzDecoder::new(plain), left: limit, limit },
            ))
        } else {
            Box::new(plain)
        };
        Ok(Self { input, buffer: Vec::new(), text: String::new(), again: VecDeque::new(), line: 0 })
    }

    /// The same file, read as one that is written in Windows-1250.
    pub(super) fn in_windows_1250(self) -> Self {
        Self { input: Box::new(BufReader::with_capacity(BUFFER, Windows1250::new(self.input))), ..self }
    }

    /// The unpacked bytes, for formats in which lines mean nothing.
    pub(super) fn into_bytes(self) -> Box<dyn BufRead + Send> {
        self.input
    }

    /// The 1-based number of the line that [`Lines::next_line`] gave last.
    pub const fn number(&self) -> u64 {
        self.line
    }

    /// What the file begins with, as much of it as is at hand. Nothing is taken: all lines still come.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn beginning(&mut self) -> Result<&[u8], FileError> {
        self.input.fill_buf().map_err(broken)
    }

    /// The next line.
    ///
    /// # Errors
    /// When the file cannot be read on, is not UTF-8, or its compressed data is at fault.
    pub fn next_line(&mut self) -> Result<Option<Line<'_>>, FileError> {
        if let Some(again) = self.again.pop_front() {
            self.line += 1;
            let Some(text) = again else { return Ok(Some(Line::TooLong)) };
            self.text = text;
            return Ok(Some(Line::Text(&self.text)));
        }
        self.buffer.clear();
        let most = MAX_LINE as u64 + 1;
        if (&mut self.input).take(most).read_until(b'\n', &mut self.buffer).map_err(broken)? == 0 {
            return Ok(None);
        }
        self.line += 1;
        if self.buffer.len() > MAX_LINE && !self.buffer.ends_with(b"\n") {
            self.input.skip_until(b'\n').map_err(broken)?;
            return Ok(Some(Line::TooLong));
        }
        let line = self.line;
        let text = std::str::from_utf8(&self.buffer)
            .map_err(|error| FileError::NotUtf8 { line, byte: error.valid_up_to() + 1 })?;
        let text = text.strip_suffix('\n').unwrap_or(text);
        let text = text.strip_suffix('\r').unwrap_or(text);
        Ok(Some(Line::Text(if line == 1 { text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text) } else { text })))
    }

    /// Puts lines back that were read after line `number` (`None` for one that was too long): they come again,
    /// first one first.
    pub(super) fn put_back(&mut self, number: u64, lines: Vec<Option<String>>) {
        self.line = number;
        for line in lines.into_iter().rev() {
            self.again.push_front(line);
        }
    }
}

/// What a fault of the input means for the file.
pub(super) fn broken(error: io::Error) -> FileError {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => FileError::Truncated,
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => FileError::Damaged(error.to_string()),
        io::ErrorKind::FileTooLarge => error
            .get_ref()
            .and_then(|cause| cause.downcast_ref::<TooMuch>())
            .map_or_else(|| FileError::Damaged(String::new()), |much| FileError::Unpacks(much.0)),
        _ => FileError::Io(error),
    }
}

/// What a compressed file unpacks to, up to a limit.
struct Unpacked<R> {
    inner: R,
    left: u64,
    limit: u64,
}

#[derive(Debug, thiserror::Error)]
#[error("unpacks to more than {0} bytes")]
struct TooMuch(u64);

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        let left = self.left.checked_sub(read as u64);
        self.left = left.ok_or_else(|| io::Error::new(io::ErrorKind::FileTooLarge, TooMuch(self.limit)))?;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn lines(bytes: &[u8]) -> Result<Vec<String>, FileError> {
        let mut lines = Lines::new(io::Cursor::new(bytes.to_vec()), bytes.len() as u64)?;
        let mut all = Vec::new();
        while let Some(line) = lines.next_line()? {
            all.push(match line {
                Line::Text(text) => text.to_owned(),
                Line::TooLong => "too long".into(),
            });
        }
        Ok(all)
    }

    fn gz(bytes: &[u8]) -> Vec<u8> {
        let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        out.write_all(bytes).unwrap();
        out.finish().unwrap()
    }

    #[test]
    fn byte_order_mark_and_both_line_ends_are_no_content() {
        assert_eq!(lines("\u{feff}a\r\n\u{feff}b\n\nc".as_bytes()).unwrap(), ["a", "\u{feff}b", "", "c"]);
    }

    #[test]
    fn gzip_is_unpacked_even_in_parts() {
        let both = [gz(b"a\nb\n"), gz(b"c\n")].concat();
        assert_eq!(lines(&both).unwrap(), ["a", "b", "c"]);
    }

    #[test]
    fn truncated_and_damaged_gzip_is_told_apart() {
        let noise: Vec<u8> =
            (0..50_000_u32).flat_map(|n| format!("{}\n", n.wrapping_mul(2_654_435_761)).into_bytes()).collect();
        let whole = gz(&noise);
        assert!(matches!(lines(&whole[..whole.len() / 2]), Err(FileError::Truncated)));
        assert!(matches!(lines(&whole[..whole.len() - 1]), Err(FileError::Truncated)));
        let mut damaged = whole.clone();
        let at = damaged.len() - 6;
        damaged[at] ^= 0xff;
        assert!(matches!(lines(&damaged), Err(FileError::Damaged(_))));
    }

    #[test]
    fn a_file_made_to_fill_a_disk_is_refused() {
        let bomb = gz(&vec![b'\n'; 64 * MAX_LINE]);
        assert!(matches!(lines(&bomb), Err(FileError::Unpacks(_))));
    }

    #[test]
    fn what_is_not_utf8_is_refused_by_line_and_byte() {
        let error = lines(b"fine\nabc\xff\n").unwrap_err();
        assert!(matches!(error, FileError::NotUtf8 { line: 2, byte: 4 }), "{error}");
    }

    #[test]
    fn a_long_line_is_passed_over() {
        let text = ["a\n".as_bytes(), &vec![b'x'; 3 * MAX_LINE], b"\nb\n"].concat();
        assert_eq!(lines(&text).unwrap(), ["a", "too long", "b"]);
        let exact = [&vec![b'x'; MAX_LINE][..], b"\nb"].concat();
        assert_eq!(lines(&exact).unwrap()[1], "b");
    }
}
