//! XML as it passes by: elements that open and close, and text, in memory that does not grow with the file.

use std::io::{self, BufRead, Read};
use std::sync::Arc;

use quick_xml::encoding::EncodingError;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, Event};
use quick_xml::{Error, Reader};

use crate::imports::source::{FileError, Lines, MAX_LINE, broken};

/// What comes next.
pub enum Step {
    /// An element opens; its name.
    Open(String),
    /// The last one that opened closes.
    Close,
    /// A piece of text in it.
    Text(String),
    /// The file ends.
    End,
}

/// The steps of a file.
pub struct Events {
    reader: Reader<Bounded>,
    buffer: Vec<u8>,
}

impl Events {
    /// Of a file.
    pub fn new(lines: Lines) -> Self {
        let mut reader = Reader::from_reader(Bounded { inner: lines.into_bytes(), left: MAX_LINE, line: 1 });
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        // Remarks have such signs.
        config.allow_dangling_amp = true;
        Self { reader, buffer: Vec::new() }
    }

    /// The next one.
    ///
    /// # Errors
    /// When the file cannot be read on, or is no XML.
    pub fn next_step(&mut self) -> Result<Step, FileError> {
        self.buffer.clear();
        self.reader.get_mut().left = MAX_LINE;
        let step = match self.reader.read_event_into(&mut self.buffer) {
            Ok(Event::Start(tag)) => Ok(Step::Open(String::from_utf8_lossy(tag.name().as_ref()).into_owned())),
            Ok(Event::End(_)) => Ok(Step::Close),
            Ok(Event::Text(text)) => {
                text.xml10_content().map(|text| Step::Text(text.into_owned())).map_err(Error::from)
            }
            Ok(Event::CData(text)) => {
                text.xml10_content().map(|text| Step::Text(text.into_owned())).map_err(Error::from)
            }
            Ok(Event::GeneralRef(entity)) => resolved(&entity).map(Step::Text).map_err(Error::from),
            Ok(Event::Eof) => Ok(Step::End),
            // Declarations, comments and the like.
            Ok(_) => Ok(Step::Text(String::new())),
            Err(error) => Err(error),
        };
        step.map_err(|error| self.refused(error))
    }

    /// The file is no XML, for this reason.
    pub fn malformed(&self, reason: impl Into<String>) -> FileError {
        FileError::Malformed { language: "XML", reason: reason.into(), line: self.reader.get_ref().line }
    }

    fn refused(&self, error: Error) -> FileError {
        match error {
            Error::Io(_) if self.reader.get_ref().left == 0 => self.malformed("an element is longer than 1 MB"),
            Error::Io(cause) => {
                let copy = |cause: Arc<io::Error>| io::Error::new(cause.kind(), cause.to_string());
                broken(Arc::try_unwrap(cause).unwrap_or_else(copy))
            }
            Error::Encoding(_) => FileError::NotUtf8 { line: self.reader.get_ref().line, byte: 1 },
            other => self.malformed(other.to_string()),
        }
    }
}

// What an entity stands for; those that XML does not know stay as they are.
fn resolved(entity: &BytesRef<'_>) -> Result<String, EncodingError> {
    let name = entity.decode()?;
    let letter = entity.resolve_char_ref().ok().flatten().map(String::from);
    Ok(letter.or_else(|| resolve_xml_entity(&name).map(str::to_owned)).unwrap_or_else(|| format!("&{name};")))
}

/// So many bytes of a file, until more are allowed.
struct Bounded {
    inner: Box<dyn BufRead + Send>,
    left: usize,
    line: u64,
}

impl Read for Bounded {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let bytes = self.fill_buf()?;
        let count = bytes.len().min(into.len());
        into[..count].copy_from_slice(&bytes[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Bounded {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let bytes = self.inner.fill_buf()?;
        if self.left == 0 && !bytes.is_empty() {
            return Err(io::Error::other("too long"));
        }
        Ok(&bytes[..bytes.len().min(self.left)])
    }

    fn consume(&mut self, count: usize) {
        // The same bytes as before: what was given out is at hand.
        if let Ok(bytes) = self.inner.fill_buf() {
            let passed = bytes.iter().take(count);
            self.line += passed.filter(|byte| **byte == b'\n').count() as u64;
        }
        self.inner.consume(count);
        self.left = self.left.saturating_sub(count);
    }
}
