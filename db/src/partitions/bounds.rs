//! Which partitions there are, and how far they reach.

use chrono::{DateTime, Utc};
use sea_orm::FromQueryResult;
use strum::{Display, EnumString, IntoStaticStr};

use super::rows;
use crate::connect::Db;
use crate::error::DataError;

/// A table that is cut by quarter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[derive(Display, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Table {
    /// Orders.
    Orders,
    /// Their lines.
    OrderItems,
}

impl Table {
    /// Both, in the order in which every writer locks them.
    pub const ALL: [Self; 2] = [Self::Orders, Self::OrderItems];

    /// Its name in the database.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// The table called `name`.
    ///
    /// # Errors
    /// When it is none of these.
    pub(super) fn named(name: &str) -> Result<Self, DataError> {
        name.parse().map_err(|_| DataError::Corrupt(format!("partitions of '{name}'")))
    }
}

/// A partition and the instants `[since, until)` that it holds; both are absent for a default partition.
#[derive(Clone, PartialEq, Eq, Debug, FromQueryResult)]
pub struct Bound {
    /// `orders` or `order_items`.
    pub parent: String,
    /// Its own name.
    pub name: String,
    /// The first instant that belongs to it.
    pub since: Option<DateTime<Utc>>,
    /// The first instant that does not.
    pub until: Option<DateTime<Utc>>,
}

/// Every partition, by table, oldest first, the default partition last.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn bounds(db: &Db) -> Result<Vec<Bound>, DataError> {
    // SQL: a view of the catalogue, which has no entity.
    let sql = "select parent, name, since, until from partition_bounds order by parent, since nulls last";
    rows(db, sql, []).await
}

/// Whole days from now that both tables have quarters for without a gap: the runway. 0 when today has none.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn runway(db: &Db) -> Result<i64, DataError> {
    Ok(reach(&bounds(db).await?, db.clock().now()))
}

/// The same, for bounds that are known.
pub(super) fn reach(bounds: &[Bound], now: DateTime<Utc>) -> i64 {
    let of = |table: Table| {
        let mut end = now;
        for bound in bounds.iter().filter(|b| b.parent == table.as_str()) {
            if let (Some(since), Some(until)) = (bound.since, bound.until)
                && since <= end
                && until > end
            {
                end = until;
            }
        }
        (end - now).num_days()
    };
    Table::ALL.into_iter().map(of).min().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bound(parent: &str, since: &str, until: &str) -> Bound {
        let at = |day: &str| format!("{day}T00:00:00Z").parse().ok();
        Bound { parent: parent.into(), name: String::new(), since: at(since), until: at(until) }
    }

    #[test]
    fn the_runway_ends_at_the_first_gap_of_either_table() {
        let now = "2026-11-21T12:00:00Z".parse().unwrap();
        let mut bounds = vec![
            bound("order_items", "2026-10-01", "2027-01-01"),
            bound("order_items", "2027-01-01", "2027-04-01"),
            bound("orders", "2020-01-01", "2020-04-01"),
            bound("orders", "2026-10-01", "2027-01-01"),
            bound("orders", "2027-04-01", "2027-07-01"),
            Bound { parent: "orders".into(), name: "orders_default".into(), since: None, until: None },
        ];
        assert_eq!(reach(&bounds, now), 40, "orders lack a quarter");
        bounds.insert(4, bound("orders", "2027-01-01", "2027-04-01"));
        assert_eq!(reach(&bounds, now), 130, "lines have one quarter less");
        assert_eq!(reach(&bounds, "2026-09-30T12:00:00Z".parse().unwrap()), 0);
        assert_eq!(reach(&[], now), 0);
    }
}
