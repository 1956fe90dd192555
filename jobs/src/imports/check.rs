//! Reads a file through without storing anything: what it would come to, its first orders, all its problems.

use db::imports::{MAX_STORED, Preview, PreviewOrder};
use domain::imports::{Problem, Summary};
use domain::orders::{NewOrder, OrderKind};

use super::Snapshot;
use super::formats::{Content, Reader, survey};
use super::source::{self, FileError};

const FIRST: usize = 20;

/// What a check found.
#[derive(Debug, Default)]
pub struct Checked {
    /// Sums and first orders.
    pub preview: Preview,
    /// The first problems.
    pub problems: Vec<Problem>,
    /// How many there are.
    pub problem_count: u64,
    /// How many data lines the file has.
    pub total_lines: u64,
}

/// Checks a file. Takes its time: not for a thread that others wait for.
///
/// # Errors
/// Whatever makes the file unfit as a whole.
pub fn check(snapshot: &Snapshot) -> Result<Checked, FileError> {
    let survey = survey(snapshot.format, &snapshot.path, snapshot.limit)?;
    let lines = source::open(&snapshot.path, snapshot.limit)?;
    let mut reader = Reader::new(snapshot.format, lines, &snapshot.context, &survey)?;
    let mut checked = Checked { total_lines: survey.data_lines, ..Checked::default() };
    while let Some(parsed) = reader.next_order()? {
        let summary = &mut checked.preview.summary;
        summary.read += parsed.lines;
        checked.keep(parsed.notes);
        let summary = &mut checked.preview.summary;
        match parsed.content {
            Content::Order(order) => {
                count(summary, &order);
                if checked.preview.first.len() < FIRST {
                    checked.preview.first.push(shown(parsed.first_line, &order));
                }
            }
            Content::Rejected(problems) => {
                summary.rejected += 1;
                checked.keep(problems);
            }
            Content::Skipped(problems) => {
                summary.skipped += 1;
                checked.keep(problems);
            }
        }
    }
    Ok(checked)
}

impl Checked {
    fn keep(&mut self, problems: Vec<Problem>) {
        self.problem_count += problems.len() as u64;
        let room = MAX_STORED.saturating_sub(self.problems.len());
        self.problems.extend(problems.into_iter().take(room));
    }
}

/// Adds an order that is, or would be, stored.
pub fn count(summary: &mut Summary, order: &NewOrder) {
    summary.items += order.items().len() as u64;
    let total = order.amounts().total();
    let totals = match summary.currencies.get_mut(order.currency().code()) {
        Some(totals) => totals,
        None => summary.currencies.entry(order.currency().code().to_owned()).or_default(),
    };
    match order.kind() {
        OrderKind::Sale => {
            summary.orders += 1;
            totals.sales_total = totals.sales_total.saturating_add(total);
        }
        OrderKind::Return => {
            summary.returns += 1;
            totals.returns_total = totals.returns_total.saturating_add(total);
        }
    }
}

fn shown(line: u64, order: &NewOrder) -> PreviewOrder {
    // As lists of orders call them.
    let customer = order.customer().and_then(|c| {
        let known = [&c.name, &c.email, &c.phone].into_iter().find_map(Clone::clone);
        known.or_else(|| c.external_id.as_ref().map(|id| format!("Customer {id}")))
    });
    PreviewOrder {
        line,
        number: order.number().to_owned(),
        kind: order.kind(),
        placed_at: order.placed_at(),
        customer,
        items: order.items().len() as u64,
        currency: order.currency(),
        total: order.amounts().total(),
    }
}
