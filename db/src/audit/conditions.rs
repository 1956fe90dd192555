//! Conditions of a list of audit entries as SQL text, with their values. A tenant's have the tenant as `$1`. The table is
//! called `j`.

use domain::page::{Cursor, Direction, Limit};
use sea_orm::Value;

use crate::read_tx::ReadTx;

/// Conditions and the values that they hold.
#[derive(Clone)]
pub(super) struct Conditions {
    words: Vec<String>,
    values: Vec<Value>,
    first: usize,
}

impl Conditions {
    /// The tenant's condition, or none for the platform.
    pub(super) fn new(tx: ReadTx<'_>) -> Self {
        match tx {
            ReadTx::Tenant(_) => Self { words: vec!["j.tenant_id = $1".into()], values: Vec::new(), first: 2 },
            ReadTx::Platform(_) => Self { words: Vec::new(), values: Vec::new(), first: 1 },
        }
    }

    /// Adds a condition in which `?` stands for `value`.
    pub(super) fn add(&mut self, words: &str, value: impl Into<Value>) {
        let place = format!("${}", self.first + self.values.len());
        self.words.push(words.replace('?', &place));
        self.values.push(value.into());
    }

    /// Adds a condition if there is a value.
    pub(super) fn add_some(&mut self, words: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.add(words, value);
        }
    }

    /// Adds a condition without a value.
    pub(super) fn add_plain(&mut self, words: &str) {
        self.words.push(words.to_owned());
    }

    /// Adds the position of `from` in a list sorted by `key` (a row of time and id), newest first.
    pub(super) fn add_cursor(&mut self, key: &str, from: Option<&Cursor>) {
        let Some(from) = from else { return };
        let (at, id) = (self.first + self.values.len(), self.first + self.values.len() + 1);
        let side = if from.direction == Direction::Newer { '>' } else { '<' };
        self.words.push(format!("{key} {side} (${at}, ${id})"));
        self.values.extend([from.at.into(), from.id.into()]);
    }

    /// `where ...`, or nothing.
    pub(super) fn sql(&self) -> String {
        if self.words.is_empty() { String::new() } else { format!("where {}", self.words.join(" and ")) }
    }

    /// The values, to be bound in this order.
    pub(super) fn values(self) -> Vec<Value> {
        self.values
    }
}

/// `asc` when a page is read backwards.
pub(super) fn order(from: Option<&Cursor>) -> &'static str {
    if from.is_some_and(|cursor| cursor.direction == Direction::Newer) { "asc" } else { "desc" }
}

/// A literal, because PostgreSQL does not cache the plan of a bound limit.
pub(super) fn limit(limit: Limit) -> String {
    format!("limit {}", limit.plus_one())
}
