//! Header lines: which column of a CSV file holds what.

use super::cells::Records;
use super::text::shown;
use crate::imports::source::FileError;

/// A column that a format knows.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name in the header; letter case does not matter.
    pub name: &'static str,
    /// Whether a file must have it.
    pub required: bool,
}

/// A column that every file must have.
pub const fn required(name: &'static str) -> Column {
    Column { name, required: true }
}

/// A column that a file may have.
pub const fn optional(name: &'static str) -> Column {
    Column { name, required: false }
}

/// Where each known column stands in one file.
#[derive(Clone, Debug)]
pub struct Columns {
    at: Vec<Option<usize>>,
    count: usize,
}

impl Columns {
    /// Reads the header line, the first record of `records`.
    ///
    /// # Errors
    /// When there is none, it belongs to another format, or columns are missing, unknown or named twice.
    pub fn read(records: &mut Records, known: &[Column], format: &'static str) -> Result<Self, FileError> {
        if !records.advance()? {
            return Err(FileError::Empty);
        }
        let header: Vec<&str> = (0..records.len()).map(|i| records.cell(i)).collect();
        let find = |name: &str| header.iter().position(|cell| cell.eq_ignore_ascii_case(name));
        let at: Vec<_> = known.iter().map(|column| find(column.name)).collect();
        if at.iter().flatten().count() < 2 {
            let begins =
                if records.fault().is_some() { "a line that cannot be read".into() } else { shown(&header.join(",")) };
            return Err(FileError::WrongFormat { format, begins });
        }
        let missing = known.iter().zip(&at).filter(|(column, at)| column.required && at.is_none());
        let missing: Vec<_> = missing.map(|(column, _)| column.name.to_owned()).collect();
        let is_known = |cell: &str| known.iter().any(|column| column.name.eq_ignore_ascii_case(cell));
        let unknown: Vec<_> = header.iter().filter(|cell| !is_known(cell)).map(|cell| shown(cell)).collect();
        let again = |(i, cell): (usize, &&str)| is_known(cell) && find(cell) != Some(i);
        let twice: Vec<_> = header.iter().enumerate().filter(|e| again(*e)).map(|(_, cell)| shown(cell)).collect();
        let faults: Vec<String> = [("missing", missing), ("unknown", unknown), ("named twice", twice)]
            .into_iter()
            .filter(|(_, names)| !names.is_empty())
            .map(|(fault, names)| format!("{fault}: {}", names.join(", ")))
            .collect();
        if faults.is_empty() {
            Ok(Self { at, count: header.len() })
        } else {
            Err(FileError::Header { format, faults: faults.join("; ") })
        }
    }

    /// The cell of the known column number `column`; empty where the file has none.
    pub fn cell<'a>(&self, records: &'a Records, column: usize) -> &'a str {
        self.at.get(column).copied().flatten().map_or("", |index| records.cell(index))
    }

    /// What is wrong with the record's shape, if anything is.
    pub fn fault(&self, records: &Records) -> Option<String> {
        match (records.fault(), records.len()) {
            (Some(fault), _) => Some(fault.to_owned()),
            (None, found) if found != self.count => {
                Some(format!("has {found} cells, but the header has {}", self.count))
            }
            _ => None,
        }
    }
}
