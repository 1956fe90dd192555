//! Scores and segments of a store's customers, once their facts are gathered.

use domain::calendar::days_before;
use domain::customers::{FRESH_DAYS, Scores, Segment, Traits};
use sea_orm::FromQueryResult;

use crate::error::DataError;
use crate::scope::{Scope, Tx};
use crate::stores::Store;

/// Scores all customers of a store and names their segments; how many rows changed. Three statements.
///
/// # Errors
/// When PostgreSQL fails; then nothing changed.
pub async fn rank(scope: &Scope, store: &Store) -> Result<u64, DataError> {
    let tx = scope.begin().await?;
    let scored = score(&tx, store).await?;
    let named = name(&tx, store).await?;
    tx.commit().await?;
    Ok(scored + named)
}

// domain::customers::score, for all at once.
async fn score(tx: &Tx, store: &Store) -> Result<u64, DataError> {
    let fifth =
        |below: &str, equal: &str, of: &str| format!("(1 + 5 * (2 * ({below} - 1) + {equal}) / (2 * {of}))::smallint");
    let (r, f, m) = (fifth("rb", "re", "n"), fifth("fb", "fe", "n"), fifth("mb", "me", "mn"));
    // SQL: places among all customers of a store, by window functions.
    let sql = format!(
        "with places as ( \
           select customer_id, count(*) over () n, rank() over (order by last_at) rb, count(*) over (partition by last_at) re, \
             rank() over (order by orders) fb, count(*) over (partition by orders) fe, \
             count(*) over (partition by currency) mn, rank() over (partition by currency order by net) mb, count(*) over (partition by currency, net) me \
           from customer_metrics where tenant_id = $1 and store_id = $2), \
         scores as (select customer_id, {r} r, {f} f, {m} m from places) \
         update customer_metrics c set recency = s.r, frequency = s.f, monetary = s.m from scores s \
         where c.tenant_id = $1 and c.customer_id = s.customer_id and (c.recency, c.frequency, c.monetary) is distinct from (s.r, s.f, s.m)"
    );
    tx.run(&sql, [store.id.0.into()]).await
}

#[derive(FromQueryResult)]
struct Combination {
    recency: i16,
    frequency: i16,
    monetary: i16,
    is_single: bool,
    is_fresh: bool,
}

// The rule is in `domain`; there are at most 500 combinations of what it looks at, however many customers.
async fn name(tx: &Tx, store: &Store) -> Result<u64, DataError> {
    let fresh_from = days_before(store.today(tx.scope()), FRESH_DAYS);
    // SQL: the combinations that there are, of columns and of what is true of them.
    let sql = "select distinct recency, frequency, monetary, orders = 1 is_single, last_day >= $3 is_fresh from customer_metrics \
               where tenant_id = $1 and store_id = $2 and recency is not null";
    let found: Vec<Combination> = tx.all(sql, [store.id.0.into(), fresh_from.into()]).await?;
    let segments: Vec<String> = found.iter().map(|c| Segment::of(c.traits()).as_str().to_owned()).collect();
    let column = |read: fn(&Combination) -> i16| found.iter().map(read).collect::<Vec<i16>>();
    let switch = |read: fn(&Combination) -> bool| found.iter().map(read).collect::<Vec<bool>>();
    // SQL: all customers of all combinations in one statement.
    let sql = "update customer_metrics c set segment = w.segment \
               from unnest($4::smallint[], $5::smallint[], $6::smallint[], $7::boolean[], $8::boolean[], $9::text[]) w (r, f, m, is_single, is_fresh, segment) \
               where c.tenant_id = $1 and c.store_id = $2 and c.recency = w.r and c.frequency = w.f and c.monetary = w.m \
                 and (c.orders = 1) = w.is_single and (c.last_day >= $3) = w.is_fresh and c.segment is distinct from w.segment";
    let values = [
        store.id.0.into(),
        fresh_from.into(),
        column(|c| c.recency).into(),
        column(|c| c.frequency).into(),
        column(|c| c.monetary).into(),
        switch(|c| c.is_single).into(),
        switch(|c| c.is_fresh).into(),
        segments.into(),
    ];
    tx.run(sql, values).await
}

impl Combination {
    fn traits(&self) -> Traits {
        let fifth = |n: i16| u8::try_from(n).unwrap_or_default();
        Traits {
            scores: Scores {
                recency: fifth(self.recency),
                frequency: fifth(self.frequency),
                monetary: fifth(self.monetary),
            },
            is_single: self.is_single,
            is_fresh: self.is_fresh,
        }
    }
}
