//! Reads a file on a thread of its own, a few batches ahead of the database.

use std::sync::Arc;

use domain::imports::Problem;
use domain::orders::NewOrder;
use tokio::sync::mpsc;

use super::Snapshot;
use super::formats::{Content, Parsed, Reader, Survey};
use super::source::{self, FileError};

const ORDERS: usize = 1_500;
const ITEMS: usize = 5_000;
const LINES: u64 = 20_000;
const PROBLEMS: usize = 2_000;
const AHEAD: usize = 2;

/// What is stored in one transaction.
#[derive(Debug, Default)]
pub struct Batch {
    /// Whole orders.
    pub orders: Vec<NewOrder>,
    /// The first line of each.
    pub first_lines: Vec<u64>,
    /// What was found beside them.
    pub problems: Vec<Problem>,
    /// The line up to which everything is settled with this batch.
    pub last_line: u64,
    /// Data lines.
    pub read: u64,
    /// Orders that are none by rule.
    pub skipped: u64,
    /// Orders with faults.
    pub rejected: u64,
    items: usize,
}

impl Batch {
    fn add(&mut self, parsed: Parsed) {
        self.last_line = parsed.last_line;
        self.read += parsed.lines;
        self.problems.extend(parsed.notes);
        match parsed.content {
            Content::Order(order) => {
                self.items += order.items().len();
                self.orders.push(*order);
                self.first_lines.push(parsed.first_line);
            }
            Content::Rejected(problems) => {
                self.rejected += 1;
                self.problems.extend(problems);
            }
            Content::Skipped(problems) => {
                self.skipped += 1;
                self.problems.extend(problems);
            }
        }
    }

    fn is_full(&self) -> bool {
        self.orders.len() >= ORDERS || self.items >= ITEMS || self.read >= LINES || self.problems.len() >= PROBLEMS
    }
}

/// The batches of a file that lie after line `done`. Ends early when the receiver is dropped.
pub fn read(snapshot: Snapshot, survey: Arc<Survey>, done: u64) -> mpsc::Receiver<Result<Batch, FileError>> {
    let (send, receive) = mpsc::channel(AHEAD);
    tokio::task::spawn_blocking(move || {
        let last = each(&snapshot, &survey, done, |batch| send.blocking_send(Ok(batch)).is_ok());
        if let Err(error) = last {
            // Nobody listens any more when this fails.
            let _unheard = send.blocking_send(Err(error));
        }
    });
    receive
}

fn each(snapshot: &Snapshot, survey: &Survey, done: u64, mut take: impl FnMut(Batch) -> bool) -> Result<(), FileError> {
    let lines = source::open(&snapshot.path, snapshot.limit)?;
    let mut reader = Reader::new(snapshot.format, lines, &snapshot.context, survey)?;
    let mut batch = Batch::default();
    while let Some(parsed) = reader.next_order()? {
        if parsed.last_line <= done {
            continue;
        }
        batch.add(parsed);
        if batch.is_full() && !take(std::mem::take(&mut batch)) {
            return Ok(());
        }
    }
    if batch.read > 0 {
        take(batch);
    }
    Ok(())
}
