//! Gathers the lines of one order from a CSV file. The lines of an order stand together; an order whose lines
//! do not is rejected as a whole, because half an order is worse than none. A line that names no order may belong to the order
//! before it, and spoils that; one that cannot be read at all may belong to the order after it as well.

use chrono::{DateTime, Utc};
use domain::fields::FieldError;
use domain::imports::{Problem, ProblemKind};
use domain::orders::NewItem;
use domain::orders::new_order::{Draft, MAX_ITEMS};

use super::cells::Records;
use super::columns::{Column, Columns};
use super::numbers::Scattered;
use super::text::printable;
use super::{Content, Parsed};
use crate::imports::source::{FileError, Lines};

/// Most faults of one order that are kept.
const MAX_FAULTS: usize = 1_000;
/// Fields of items that orders have as well, and how layouts tell them apart.
const OF_ITEMS: [(&str, &str); 2] = [("discount", "item_discount"), ("tax", "item_tax")];

/// What tells one CSV format from another.
pub trait Layout {
    /// What it keeps of an order but its items.
    type Head;
    /// Its name.
    const FORMAT: &'static str;
    /// Its columns; the first holds the order number.
    const COLUMNS: &'static [Column];
    /// Whether a row may leave out empty cells at its end.
    const MAY_END_EARLY: bool;
    /// Whether a file may have columns that the format does not know.
    const MAY_HAVE_OTHERS: bool = false;

    /// Begins an order with its first line.
    fn head(&self, line: &Row<'_>, group: &mut Group) -> Self::Head;
    /// Takes in each line, the first one too.
    fn line(&self, line: &Row<'_>, head: &mut Self::Head, group: &mut Group);
    /// The order, unless it is none by the format's rules.
    fn finish(&self, head: Self::Head, group: &mut Group) -> Finished;
    /// The column that holds a field of an order or of an item.
    fn column(field: &str) -> &'static str;
}

/// What a layout makes of a group.
pub enum Finished {
    /// An order, to be checked.
    Draft(Box<Draft>),
    /// No order, for these reasons.
    Skipped(Vec<Problem>),
}

/// One line of a file.
pub struct Row<'a> {
    records: &'a Records,
    columns: &'a Columns,
}

impl<'a> Row<'a> {
    /// The cell of a column.
    pub fn cell(&self, column: usize) -> &'a str {
        self.columns.cell(self.records, column)
    }

    /// Whether the file has a column.
    pub fn has(&self, column: usize) -> bool {
        self.columns.has(column)
    }

    /// Its number in the file.
    pub const fn number(&self) -> u64 {
        self.records.first_line()
    }
}

/// The lines of one order so far.
#[derive(Debug, Default)]
pub struct Group {
    /// Its order number.
    pub number: String,
    /// Its items, up to one more than an order may have.
    pub items: Vec<NewItem>,
    /// The line of each item.
    pub item_lines: Vec<u64>,
    first_line: u64,
    last_line: u64,
    lines: u64,
    faults: Vec<Problem>,
}

impl Group {
    /// Its first line.
    pub const fn first_line(&self) -> u64 {
        self.first_line
    }

    /// Whether nothing was wrong so far.
    pub const fn is_good(&self) -> bool {
        self.faults.is_empty()
    }

    /// Notes that `column` of `line` is at fault.
    pub fn fault(&mut self, line: u64, column: &str, reason: impl Into<String>) {
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(self.problem(line, column, reason.into(), ProblemKind::Rejected));
        }
    }

    /// `value`, or else its fault noted and `otherwise`.
    pub fn expect<T>(&mut self, line: u64, column: &str, value: Result<T, String>, otherwise: T) -> T {
        value.unwrap_or_else(|reason| {
            self.fault(line, column, reason);
            otherwise
        })
    }

    /// Adds an item, unless there are too many already.
    pub fn item(&mut self, line: u64, item: NewItem) {
        if self.items.len() <= MAX_ITEMS {
            self.items.push(item);
            self.item_lines.push(line);
        }
    }

    /// A problem of this order.
    pub fn problem(&self, line: u64, column: &str, reason: String, kind: ProblemKind) -> Problem {
        let order = (!self.number.is_empty()).then(|| printable(&self.number));
        Problem { line, column: column.to_owned(), reason, order, kind }
    }

    fn parsed(self, content: Content) -> Parsed {
        let Self { first_line, last_line, lines, .. } = self;
        Parsed { first_line, last_line, lines, content, notes: Vec::new() }
    }

    fn reach(&mut self, records: &Records) {
        if self.lines == 0 {
            self.first_line = records.first_line();
        }
        self.last_line = records.last_line();
        self.lines += 1;
    }

    // Takes in the unreadable lines in its midst.
    fn absorb(&mut self, strays: Self) {
        self.last_line = self.last_line.max(strays.last_line);
        self.lines += strays.lines;
        for stray in strays.faults {
            self.fault(stray.line, &stray.column, stray.reason);
        }
    }

    // Where a field of the order stands in the file.
    fn place(&self, field: &str, column: fn(&str) -> &'static str) -> (u64, &'static str) {
        let item = field.strip_prefix("items[").and_then(|rest| rest.split_once("]."));
        let of_item = |name| OF_ITEMS.iter().find(|(own, _)| *own == name).map_or(name, |(_, other)| *other);
        let (line, field) = match item.and_then(|(index, name)| Some((index.parse::<usize>().ok()?, name))) {
            Some((index, name)) => (self.item_lines.get(index).copied().unwrap_or(self.first_line), of_item(name)),
            None => (self.first_line, field),
        };
        (line, column(field))
    }
}

/// The orders of a CSV file.
pub struct Orders<'a, L: Layout> {
    records: Records,
    columns: Columns,
    layout: L,
    now: DateTime<Utc>,
    scattered: &'a Scattered,
    open: Option<(Group, L::Head)>,
    // Lines that name no order, since the last one that did.
    strays: Group,
    // The last of them, when it could not be read: the order after it may be its own.
    unread: Option<u64>,
    // Whether the current record is still to be dealt with.
    held: bool,
}

impl<'a, L: Layout> Orders<'a, L> {
    /// Reads the header.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn new(lines: Lines, layout: L, now: DateTime<Utc>, scattered: &'a Scattered) -> Result<Self, FileError> {
        let mut records = Records::new(lines);
        let columns = Columns::read(&mut records, L::COLUMNS, L::FORMAT, L::MAY_END_EARLY, L::MAY_HAVE_OTHERS)?;
        let strays = Group::default();
        Ok(Self { records, columns, layout, now, scattered, open: None, strays, unread: None, held: false })
    }

    /// The next order, or lines that are none.
    ///
    /// # Errors
    /// When the file cannot be read on.
    pub fn next_order(&mut self) -> Result<Option<Parsed>, FileError> {
        loop {
            if !self.held && !self.records.advance()? {
                return Ok(self.close());
            }
            self.held = false;
            let number = self.columns.number(&self.records);
            if number.is_empty() {
                self.stray();
                if self.strays.faults.len() >= MAX_FAULTS {
                    return Ok(self.close());
                }
                continue;
            }
            if self.open.as_ref().is_none_or(|(open, _)| open.number != number) {
                if let Some(done) = self.close() {
                    self.held = true;
                    return Ok(Some(done));
                }
                self.begin();
            }
            self.line();
        }
    }

    fn begin(&mut self) {
        let row = Row { records: &self.records, columns: &self.columns };
        let mut group = Group { number: self.columns.number(&self.records).to_owned(), ..Group::default() };
        if let Some(line) = self.unread.take() {
            group.fault(line, "", "This line cannot be read and may belong to the next order.");
        }
        let head = self.layout.head(&row, &mut group);
        self.open = Some((group, head));
    }

    fn line(&mut self) {
        let Some((group, head)) = &mut self.open else { return };
        self.unread = None;
        group.absorb(std::mem::take(&mut self.strays));
        group.reach(&self.records);
        if let Some(reason) = self.columns.fault(&self.records) {
            group.fault(self.records.first_line(), "", reason);
        } else {
            self.layout.line(&Row { records: &self.records, columns: &self.columns }, head, group);
        }
    }

    fn stray(&mut self) {
        let line = self.records.first_line();
        self.strays.reach(&self.records);
        self.unread = self.records.fault().map(|_| line);
        let of_shape = self.columns.fault(&self.records).map(|reason| ("", reason));
        let (column, reason) = of_shape.unwrap_or_else(|| (L::COLUMNS[0].name, "This cell is empty.".to_owned()));
        self.strays.fault(line, column, reason);
        if self.strays.faults.len() >= MAX_FAULTS
            && let Some((group, _)) = &mut self.open
        {
            group.absorb(std::mem::take(&mut self.strays));
        }
    }

    // What stands before the current record: the open order first, then the lines that name none, unless they may be its own.
    fn close(&mut self) -> Option<Parsed> {
        if let Some((mut group, head)) = self.open.take() {
            if group.is_good() {
                group.absorb(std::mem::take(&mut self.strays));
            }
            return Some(self.finish(group, head));
        }
        (self.strays.lines > 0).then(|| {
            let mut strays = std::mem::take(&mut self.strays);
            let faults = std::mem::take(&mut strays.faults);
            strays.parsed(Content::Rejected(faults))
        })
    }

    fn finish(&self, mut group: Group, head: L::Head) -> Parsed {
        if let Some(again) = self.scattered.get(&group.number) {
            let reason = format!(
                "This order appears again at line {again}. Sort the file by order number, then import it again."
            );
            group.fault(group.first_line, L::COLUMNS[0].name, reason);
        }
        let content = match self.layout.finish(head, &mut group) {
            _ if !group.is_good() => None,
            Finished::Skipped(problems) => Some(Content::Skipped(problems)),
            Finished::Draft(draft) => match draft.check(self.now) {
                Ok(order) => Some(Content::Order(Box::new(order))),
                Err(errors) => {
                    for FieldError { field, message } in errors.0 {
                        let (line, column) = group.place(&field, L::column);
                        group.fault(line, column, message);
                    }
                    None
                }
            },
        };
        let content = content.unwrap_or_else(|| Content::Rejected(std::mem::take(&mut group.faults)));
        let adjusted = if let Content::Order(order) = &content { order.adjusted() } else { &[] };
        let note = |FieldError { field, message }: &FieldError| {
            let (line, column) = group.place(field, L::column);
            group.problem(line, column, message.clone(), ProblemKind::Adjusted)
        };
        let notes = adjusted.iter().map(note).collect();
        Parsed { notes, ..group.parsed(content) }
    }
}
