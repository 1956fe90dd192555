//! How a table of a backup and the same table now are compared, as SQL: `n` is now, `q` is in quarantine.

use serde::{Deserialize, Serialize};

use super::tables::{KEPT_AS_THEY_ARE, Table, quoted};
use crate::error::DataError;

/// A table as the backup has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brought {
    /// Its name.
    pub table: String,
    /// Its columns, as they were saved.
    pub columns: Vec<String>,
}

/// What a restore of one table would change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// The table.
    pub table: String,
    /// Rows that are in the backup alone: they would come back.
    pub only_backup: i64,
    /// Rows that are there now alone: they would go.
    pub only_now: i64,
    /// Rows that are in both and not equal: they would become as they were.
    pub different: i64,
    /// Rows that are equal.
    pub equal: i64,
    /// Whether a restore leaves this table as it is, whatever the difference.
    pub kept: bool,
}

pub(super) fn is_kept(table: &str) -> bool {
    KEPT_AS_THEY_ARE.iter().any(|(name, _)| *name == table)
}

pub(super) fn same_key(table: &Table) -> String {
    let equal = |k: &String| format!("n.{0} = q.{0}", quoted(k));
    table.key.iter().map(equal).collect::<Vec<_>>().join(" and ")
}

// As text, because not every type knows equality.
pub(super) fn unequal(brought: &Brought) -> String {
    let row =
        |alias: &str| brought.columns.iter().map(|c| format!("{alias}.{}", quoted(c))).collect::<Vec<_>>().join(", ");
    format!("row({})::text is distinct from row({})::text", row("n"), row("q"))
}

pub(super) fn refuse_unknown(brought: &[Brought], now: &[Table]) -> Result<(), DataError> {
    for b in brought {
        let Some(table) = now.iter().find(|t| t.name == b.table) else {
            return Err(DataError::Refused(format!(
                "the backup has the table '{}', which this version lacks",
                b.table
            )));
        };
        if let Some(column) = b.columns.iter().find(|c| !table.columns.iter().any(|now| now.name == **c)) {
            return Err(DataError::Refused(format!(
                "the backup has the column '{column}' of '{}', which this version lacks",
                b.table
            )));
        }
    }
    Ok(())
}
