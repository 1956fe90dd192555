//! The clocks of a tenant's stores, for statements that must know the local day of an instant they find in a row. The calendar is
//! that of `domain` alone: it says from when on a store's clocks stood how far from UTC, and SQL adds. PostgreSQL is never told
//! the name of a zone: it takes some names for others than they are, and its rules are of another year than ours.

use chrono::{DateTime, Days, Utc};
use domain::calendar::shifts;
use sea_orm::Value;
use uuid::Uuid;

use crate::stores::Store;

/// Before anything that a store may have sold.
const BEGINNING: i64 = 630_000_000;

/// How the clocks of some stores stood, as values of a statement that has [`with`].
#[derive(Default)]
pub(crate) struct Clocks {
    stores: Vec<Uuid>,
    since: Vec<DateTime<Utc>>,
    seconds: Vec<i32>,
}

impl Clocks {
    /// Whenever anything may have been sold until `now`, and a while after.
    pub fn always(stores: &[Store], now: DateTime<Utc>) -> Self {
        Self::within(stores, DateTime::from_timestamp(BEGINNING, 0).unwrap_or_default(), now + Days::new(10))
    }

    /// From `from` until `until`.
    pub fn within(stores: &[Store], from: DateTime<Utc>, until: DateTime<Utc>) -> Self {
        let mut clocks = Self::default();
        for store in stores {
            for shift in shifts(store.zone, from, until) {
                clocks.stores.push(store.id.0);
                clocks.since.push(shift.since);
                clocks.seconds.push(shift.seconds);
            }
        }
        clocks
    }

    /// What a statement with [`with`] is given.
    pub fn values(self) -> [Value; 3] {
        [self.stores.into(), self.since.into(), self.seconds.into()]
    }
}

/// The table `clocks` of a `with`, whose three values begin at `$first`.
pub(crate) fn with(first: usize) -> String {
    format!(
        "clocks as materialized (select store_id, array_agg(since order by since) since, array_agg(seconds order by since) seconds \
           from unnest(${first}::uuid[], ${}::timestamptz[], ${}::int[]) c (store_id, since, seconds) group by store_id)",
        first + 1,
        first + 2
    )
}

/// What the wall showed at the instant `at`, by the row `k` of `clocks`.
fn wall(at: &str) -> String {
    format!("(({at} at time zone 'UTC') + k.seconds[width_bucket({at}, k.since)] * interval '1 second')")
}

/// The day of the instant `at`, by the row `k` of `clocks`.
pub(crate) fn day(at: &str) -> String {
    format!("{}::date", wall(at))
}

/// The instant at which the hour of `at` began, by the row `k` of `clocks`.
pub(crate) fn hour(at: &str) -> String {
    let wall = wall(at);
    format!("({at} - ({wall} - date_trunc('hour', {wall})))")
}
