//! A list's filters as SQL over `orders o`, with its values. `$1` is the tenant.

use chrono::{Days, Duration, NaiveTime};
use domain::money::{Currency, USUAL_DECIMALS};
use domain::orders::OrderQuery;
use domain::orders::query::Bound;
use domain::page::{Cursor, Direction};
use sea_orm::Value;
use uuid::Uuid;

use crate::error::DataError;
use crate::scope::Tx;
use crate::stores::{self, Store};

/// Conditions joined by `and`.
#[derive(Clone)]
pub(super) struct Filter {
    pub(super) sql: String,
    pub values: Vec<Value>,
}

impl Filter {
    /// The conditions of `query` on orders of `stores`; neither its search nor its cursor.
    pub fn new(query: &OrderQuery, stores: &[Store]) -> Self {
        let mut filter = Self { sql: "o.tenant_id = $1".into(), values: Vec::new() };
        match stores {
            // One store: its own index serves.
            [store] => filter.and("o.store_id = ?", store.id.0),
            _ => filter.and("o.store_id = any(?)", stores.iter().map(|s| s.id.0).collect::<Vec<Uuid>>()),
        }
        if let Some(kind) = query.kind {
            filter.is("o.kind", kind.as_str());
        }
        filter.is_in("o.status", query.status.words());
        filter.is_in("o.payment_status", query.payment.words());
        filter.is_in("o.fulfilment_status", query.fulfilment.words());
        if let Some(min) = query.min {
            filter.total(">=", min, Bound::at_least);
        }
        if let Some(max) = query.max {
            filter.total("<=", max, Bound::at_most);
        }
        filter.days(query);
        filter
    }

    /// Adds a condition in which `?` stands for `value`.
    pub fn and(&mut self, condition: &str, value: impl Into<Value>) {
        let name = self.bind(value);
        self.sql.push_str(" and ");
        self.sql.push_str(&condition.replacen('?', &name, 1));
    }

    /// Adds a condition of the source, whose values are bound already.
    pub fn add(&mut self, condition: &str) {
        self.sql.push_str(" and ");
        self.sql.push_str(condition);
    }

    // Words of the source, and so never anybody's text. They stand in the statement, because a bound one hides from the planner
    // that a partial index holds all that is asked for.
    fn is(&mut self, column: &'static str, word: &'static str) {
        self.sql.push_str(&format!(" and {column} = '{word}'"));
    }

    // The same for several words, in the order in which partial indexes name them; none of them is no condition.
    fn is_in(&mut self, column: &'static str, words: impl Iterator<Item = &'static str>) {
        match words.collect::<Vec<_>>()[..] {
            [] => {}
            [word] => self.is(column, word),
            ref words => self.sql.push_str(&format!(" and {column} in ('{}')", words.join("', '"))),
        }
    }

    // Each order by the decimals of its own currency.
    fn total(&mut self, sign: &str, bound: Bound, minor: fn(Bound, u32) -> i64) {
        let usual = minor(bound, USUAL_DECIMALS);
        let mut cases = String::new();
        for (decimals, codes) in Currency::unusual_decimals() {
            let minor = minor(bound, *decimals);
            if minor != usual {
                let value = self.bind(minor);
                cases.push_str(&format!(" when o.currency in ('{}') then {value}::bigint", codes.join("', '")));
            }
        }
        if cases.is_empty() {
            self.and(&format!("o.total {sign} ?"), usual);
        } else {
            self.and(&format!("o.total {sign} case{cases} else ?::bigint end"), usual);
        }
    }

    /// Binds a value and returns its name, such as `$4`.
    pub fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len() + 1)
    }

    /// What lies beyond `cursor`: one range of the index.
    pub fn seek(&mut self, cursor: Option<&Cursor>) {
        if let Some(cursor) = cursor {
            let (at, id) = (self.bind(cursor.at), self.bind(cursor.id));
            let sign = if cursor.direction == Direction::Older { '<' } else { '>' };
            // The bound on the time alone tells the planner which quarters can hold them.
            self.sql.push_str(&format!(" and o.placed_at {sign}= {at} and (o.placed_at, o.id) {sign} ({at}, {id})"));
        }
    }

    /// The conditions.
    pub fn sql(&self) -> &str {
        &self.sql
    }

    // The store's days say what belongs, the widest possible span of instants tells the planner where to look.
    fn days(&mut self, query: &OrderQuery) {
        if let Some(from) = query.from {
            let earliest = from.and_time(NaiveTime::MIN).and_utc() - Duration::hours(14);
            self.and("o.local_day >= ?", from);
            self.and("o.placed_at >= ?", earliest);
        }
        if let Some(to) = query.to {
            let latest = (to + Days::new(1)).and_time(NaiveTime::MIN).and_utc() + Duration::hours(12);
            self.and("o.local_day <= ?", to);
            self.and("o.placed_at < ?", latest);
        }
    }
}

/// The stores that `query` speaks of: the one it names, or all that the actor may see. Most of the time no statement.
///
/// # Errors
/// [`DataError::NotFound`] for a store that is not the tenant's.
pub(crate) async fn stores_of(tx: &Tx, slug: Option<&str>) -> Result<Vec<Store>, DataError> {
    let mut found = stores::known_in(tx).await?;
    if let Some(slug) = slug {
        // Perhaps another process made it a moment ago.
        if !found.iter().any(|s| s.slug == slug) {
            found = stores::list(tx).await?;
        }
        found.retain(|s| s.slug == slug);
        if found.is_empty() {
            return Err(DataError::NotFound("store"));
        }
    }
    Ok(found)
}
