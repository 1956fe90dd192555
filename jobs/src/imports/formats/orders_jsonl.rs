//! `orders-jsonl`: one order a line, each a body as the API takes it. The store may be left out: it is the run's.

use domain::fields::{FieldError, FieldErrors};
use domain::imports::{Problem, ProblemKind};
use domain::json::{self, NotJson};
use domain::orders::NewOrder;
use domain::orders::new_order::Draft;
use serde_json::Value;

use super::survey::Survey;
use super::text::{printable, shown};
use super::{Content, Context, Parsed};
use crate::imports::source::{FileError, Line, Lines};

/// Reads orders.
pub struct OrdersJsonl<'a> {
    lines: Lines,
    context: &'a Context,
}

impl<'a> OrdersJsonl<'a> {
    /// For a store.
    pub const fn new(lines: Lines, context: &'a Context) -> Self {
        Self { lines, context }
    }

    /// The next order, or a line that is none.
    ///
    /// # Errors
    /// When the file cannot be read on.
    pub fn next_order(&mut self) -> Result<Option<Parsed>, FileError> {
        loop {
            let read = match self.lines.next_line()? {
                None => return Ok(None),
                Some(Line::Text(text)) if text.trim().is_empty() => continue,
                Some(Line::Text(text)) => order(text, self.context),
                Some(Line::TooLong) => Err((None, FieldErrors::one("", "This line is longer than 1 MB."))),
            };
            let line = self.lines.number();
            let (content, notes) = match read {
                Ok(order) => {
                    let notes =
                        problems(line, Some(&printable(order.number())), order.adjusted(), ProblemKind::Adjusted);
                    (Content::Order(order), notes)
                }
                Err((number, errors)) => {
                    let faults = problems(line, number.as_deref(), &errors.0, ProblemKind::Rejected);
                    (Content::Rejected(faults), Vec::new())
                }
            };
            return Ok(Some(Parsed { first_line: line, last_line: line, lines: 1, content, notes }));
        }
    }
}

/// Reads the file through.
///
/// # Errors
/// Whatever makes it unfit as a whole.
pub fn survey(mut lines: Lines) -> Result<Survey, FileError> {
    let mut data_lines = 0;
    loop {
        match lines.next_line()? {
            None if data_lines > 0 => break,
            None => return Err(FileError::Empty),
            Some(Line::Text(text)) if text.trim().is_empty() => {}
            Some(Line::Text(text)) if data_lines == 0 && !text.trim_start().starts_with('{') => {
                return Err(FileError::WrongFormat { format: "orders-jsonl", begins: shown(text) });
            }
            Some(Line::Text(_) | Line::TooLong) => data_lines += 1,
        }
    }
    Ok(Survey { last_line: lines.number(), data_lines, ..Survey::default() })
}

type Fault = (Option<String>, FieldErrors);

fn order(text: &str, context: &Context) -> Result<Box<NewOrder>, Fault> {
    let unread = |words: String| (None, FieldErrors::one("", words));
    let body = json::value(text.as_bytes()).map_err(|fault| unread(not_json(&fault)))?;
    let mut body = body.map_err(|too_many| unread(too_many.to_string()))?;
    let number = body.get("number").and_then(Value::as_str).map(printable);
    if let Some(object) = body.as_object_mut() {
        let store = object.entry("store").or_insert(Value::Null);
        if store.is_null() {
            *store = context.store.clone().into();
        }
    }
    let (store, order) = Draft::checked_from_json(&body, context.now).map_err(|errors| (number.clone(), errors))?;
    if store == context.store {
        Ok(Box::new(order))
    } else {
        let message = format!("The store is {}, but this import is for '{}'.", shown(&store), context.store);
        Err((number, FieldErrors::one("store", message)))
    }
}

// Lines are counted within the text that was read, which is always one line.
fn not_json(fault: &NotJson) -> String {
    format!("This line is not valid JSON: {} at column {}.", fault.reason, fault.column)
}

pub(super) fn problems(line: u64, order: Option<&str>, found: &[FieldError], kind: ProblemKind) -> Vec<Problem> {
    let problem = |FieldError { field, message }: &FieldError| Problem {
        line,
        column: printable(field),
        reason: message.clone(),
        order: order.map(str::to_owned),
        kind,
    };
    found.iter().map(problem).collect()
}
