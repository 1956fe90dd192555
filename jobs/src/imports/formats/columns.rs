//! Header lines: which column of a CSV file holds what.

use super::cells::{Records, Shape};
use super::text::shown;
use crate::imports::source::FileError;

/// Most columns of a file.
const MOST_COLUMNS: usize = 1_000;
/// As many columns are named that are at fault.
const MOST_NAMED: usize = 20;

/// A column that a format knows.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name in the header; letter case does not matter.
    pub name: &'static str,
    /// Other names that it has in some files.
    pub also: &'static [&'static str],
    /// Whether a file must have it.
    pub required: bool,
    /// What its cells hold.
    pub holds: Holds,
}

/// What the cells of a column hold, as far as it tells how a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// Text.
    Text,
    /// An amount, or how many.
    Number,
    /// A time.
    Time,
}

impl Column {
    /// The same, of cells that hold something else than text.
    pub const fn holding(self, holds: Holds) -> Self {
        Self { holds, ..self }
    }

    /// The same, which some files call otherwise.
    pub const fn or(self, also: &'static [&'static str]) -> Self {
        Self { also, ..self }
    }

    fn is_called(&self, cell: &str) -> bool {
        self.name.eq_ignore_ascii_case(cell)
            || (!self.also.is_empty() && self.also.iter().any(|name| name.to_lowercase() == cell.to_lowercase()))
    }
}

/// A column that every file must have.
pub const fn required(name: &'static str) -> Column {
    Column { name, also: &[], required: true, holds: Holds::Text }
}

/// A column that a file may have.
pub const fn optional(name: &'static str) -> Column {
    Column { name, also: &[], required: false, holds: Holds::Text }
}

/// Where each known column stands in one file.
#[derive(Clone, Debug)]
pub struct Columns {
    at: Vec<Option<usize>>,
    // How many cells the header has up to its last name, and which of them have none.
    count: usize,
    nameless: Vec<usize>,
    // How many cells a row has at least: those after them may be left out.
    least: usize,
    numbers: Vec<usize>,
    times: Vec<usize>,
}

impl Columns {
    /// Reads the header line, the first record of `records`. Unknown columns are passed over where a file `may_have_others`.
    ///
    /// # Errors
    /// When there is none, it belongs to another format, or columns are missing, unknown or named twice.
    pub fn read(
        records: &mut Records,
        known: &[Column],
        format: &'static str,
        may_end_early: bool,
        may_have_others: bool,
    ) -> Result<Self, FileError> {
        if !records.advance()? {
            return Err(FileError::Empty);
        }
        if records.len() > MOST_COLUMNS {
            let faults = format!("it has {} columns; at most {MOST_COLUMNS} are allowed", records.len());
            return Err(FileError::Header { format, faults });
        }
        let header: Vec<&str> = (0..records.len()).map(|i| records.cell(i)).collect();
        let find = |column: &Column| header.iter().position(|cell| column.is_called(cell));
        let at: Vec<_> = known.iter().map(find).collect();
        if at.iter().flatten().count() < 2 {
            let begins = if records.fault().is_some() { "an unreadable line".into() } else { shown(&header.join(",")) };
            return Err(FileError::WrongFormat { format, begins });
        }
        let missing = known.iter().zip(&at).filter(|(column, at)| column.required && at.is_none());
        let missing: Vec<_> = missing.map(|(column, _)| column.name.to_owned()).collect();
        let is_known = |cell: &str| known.iter().any(|column| column.is_called(cell));
        let foreign = header.iter().filter(|cell| !may_have_others && !cell.is_empty() && !is_known(cell));
        let unknown: Vec<_> = foreign.map(|cell| shown(cell)).collect();
        let again = |(i, cell): (usize, &&str)| {
            known.iter().zip(&at).any(|(column, at)| column.is_called(cell) && *at != Some(i))
        };
        let twice: Vec<_> = header.iter().enumerate().filter(|e| again(*e)).map(|(_, cell)| shown(cell)).collect();
        let faults: Vec<String> = [("missing", missing), ("unknown", unknown), ("duplicate", twice)]
            .into_iter()
            .filter(|(_, names)| !names.is_empty())
            .map(|(fault, names)| format!("{fault}: {}", few(&names)))
            .collect();
        if !faults.is_empty() {
            return Err(FileError::Header { format, faults: faults.join("; ") });
        }
        let count = header.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
        let nameless = (0..count).filter(|index| header[*index].is_empty()).collect();
        let those = |which: fn(&Column) -> bool| {
            let columns = known.iter().zip(&at).filter(move |(column, _)| which(column));
            columns.filter_map(|(_, at)| *at).collect::<Vec<_>>()
        };
        let needed = those(|column| column.required).into_iter().max();
        let least = needed.filter(|_| may_end_early).map_or(count, |last| last + 1);
        let numbers = those(|column| column.holds == Holds::Number);
        let times = those(|column| column.holds == Holds::Time);
        let always = those(|column| column.required && column.holds == Holds::Number);
        let shape = Shape { least, most: header.len(), numbers: always };
        records.expect(shape);
        Ok(Self { at, count, nameless, least, numbers, times })
    }

    /// The cell of the known column number `column`; empty where the file has none.
    pub fn cell<'a>(&self, records: &'a Records, column: usize) -> &'a str {
        self.at.get(column).copied().flatten().map_or("", |index| records.cell(index))
    }

    /// The order number in the current record, empty when it names none, or none that can be read.
    pub fn number<'a>(&self, records: &'a Records) -> &'a str {
        self.cell(records, 0)
    }

    /// Whether the file has the known column number `column`.
    pub fn has(&self, column: usize) -> bool {
        self.at.get(column).copied().flatten().is_some()
    }

    /// What is wrong with the record's shape, if anything is.
    pub fn fault(&self, records: &Records) -> Option<String> {
        match (records.fault(), records.len()) {
            (Some(fault), _) => Some(fault.to_owned()),
            (None, found) if found < self.least => Some(self.wrong_count(found)),
            (None, found) => {
                let mut beyond = (self.count..found).filter(|index| !records.cell(*index).is_empty());
                if beyond.next().is_some() {
                    return Some(self.wrong_count(found));
                }
                let stray = self.nameless.iter().find(|index| !records.cell(**index).is_empty())?;
                Some(format!("This line has {} in a column without a name.", shown(records.cell(*stray))))
            }
        }
    }

    fn wrong_count(&self, found: usize) -> String {
        format!("This line has {found} cells, but the header has {}.", self.count)
    }

    /// The cells of the current record that hold numbers, those that are empty left out.
    pub fn numbers<'a>(&'a self, records: &'a Records) -> impl Iterator<Item = &'a str> {
        self.numbers.iter().map(|index| records.cell(*index)).filter(|cell| !cell.is_empty())
    }

    /// Those that hold times.
    pub fn times<'a>(&'a self, records: &'a Records) -> impl Iterator<Item = &'a str> {
        self.times.iter().map(|index| records.cell(*index)).filter(|cell| !cell.is_empty())
    }
}

fn few(names: &[String]) -> String {
    let named = names.get(..MOST_NAMED).unwrap_or(names).join(", ");
    match names.len().saturating_sub(MOST_NAMED) {
        0 => named,
        others => format!("{named} and {others} more"),
    }
}
