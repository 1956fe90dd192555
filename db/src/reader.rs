//! The same select for a tenant and for the platform: a tenant's has the tenant as `$1` and in its conditions. The table
//! that both read is called `j`.

use domain::page::{Cursor, Direction, Limit};
use sea_orm::{FromQueryResult, Select, Value};

use crate::entities::{AllTenantsQueries, SharedQueries, TenantEntity, TenantQueries};
use crate::error::DataError;
use crate::platform::PlatformTx;
use crate::scope::Tx;
use crate::transaction::Transaction;

/// Where a select runs.
#[derive(Clone, Copy)]
pub(crate) enum Reader<'a> {
    /// In a tenant.
    Tenant(&'a Tx),
    /// Over all.
    Platform(&'a PlatformTx),
}

impl SharedQueries for Reader<'_> {}

/// Conditions and the values that they hold.
#[derive(Clone)]
pub(crate) struct Conditions {
    words: Vec<String>,
    values: Vec<Value>,
    first: usize,
}

impl<'a> Reader<'a> {
    /// A select of the rows that may be read there.
    pub(crate) fn find<E: TenantEntity>(self) -> Select<E> {
        match self {
            Self::Tenant(tx) => tx.find(),
            Self::Platform(tx) => tx.find_all(),
        }
    }

    /// The transaction itself, for entities.
    pub(crate) const fn conn(self) -> &'a Transaction {
        match self {
            Self::Tenant(tx) => tx.conn(),
            Self::Platform(tx) => tx.conn(),
        }
    }

    /// No conditions yet, but for the tenant's.
    pub(crate) fn conditions(self) -> Conditions {
        match self {
            Self::Tenant(_) => Conditions { words: vec!["j.tenant_id = $1".into()], values: Vec::new(), first: 2 },
            Self::Platform(_) => Conditions { words: Vec::new(), values: Vec::new(), first: 1 },
        }
    }

    pub(crate) async fn all<T: FromQueryResult>(self, sql: &str, values: Vec<Value>) -> Result<Vec<T>, DataError> {
        match self {
            Self::Tenant(tx) => tx.all(sql, values).await,
            Self::Platform(tx) => tx.all(sql, values).await,
        }
    }
}

impl Conditions {
    /// Adds one; `?` stands for `value`.
    pub(crate) fn add(&mut self, words: &str, value: impl Into<Value>) {
        let place = format!("${}", self.first + self.values.len());
        self.words.push(words.replace('?', &place));
        self.values.push(value.into());
    }

    /// Adds one when there is a value.
    pub(crate) fn add_some(&mut self, words: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.add(words, value);
        }
    }

    /// Adds one without a value.
    pub(crate) fn add_plain(&mut self, words: &str) {
        self.words.push(words.to_owned());
    }

    /// Adds the place in a list sorted by `key` (a row of time and id), newest first.
    pub(crate) fn add_cursor(&mut self, key: &str, from: Option<&Cursor>) {
        let Some(from) = from else { return };
        let (at, id) = (self.first + self.values.len(), self.first + self.values.len() + 1);
        let side = if from.direction == Direction::Newer { '>' } else { '<' };
        self.words.push(format!("{key} {side} (${at}, ${id})"));
        self.values.extend([from.at.into(), from.id.into()]);
    }

    /// `where ...`, or nothing.
    pub(crate) fn sql(&self) -> String {
        if self.words.is_empty() { String::new() } else { format!("where {}", self.words.join(" and ")) }
    }

    /// The values, to be bound in this order.
    pub(crate) fn values(self) -> Vec<Value> {
        self.values
    }
}

/// `asc` when a page is read backwards.
pub(crate) fn order(from: Option<&Cursor>) -> &'static str {
    if from.is_some_and(|cursor| cursor.direction == Direction::Newer) { "asc" } else { "desc" }
}

/// Written out, not bound: a bound limit keeps PostgreSQL from keeping the plan.
pub(crate) fn limit(limit: Limit) -> String {
    format!("limit {}", limit.plus_one())
}
