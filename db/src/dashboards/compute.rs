//! Reading a dashboard from the rollups: the same number of statements for any number of orders.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, Timelike};
use domain::calendar::{day_start, next};
use domain::money::Currency;
use domain::orders::Figures;
use domain::period::{Period, Preset};
use sea_orm::FromQueryResult;
use uuid::Uuid;

use super::{Bucket, CurrencyPart, Dashboard, DashboardQuery, TopProduct, buckets, elapsed};
use crate::error::DataError;
use crate::orders::filter::stores_of;
use crate::rollups::{self, ByCurrency, Spans};
use crate::scope::{Scope, Tx};
use crate::stores::{self, Store};

/// Products that are named of each currency.
const TOP_PRODUCTS: usize = 8;

/// Reads everything.
///
/// # Errors
/// [`DataError::NotFound`] for a store that is not the tenant's.
pub(super) async fn compute(scope: &Scope, query: &DashboardQuery) -> Result<Dashboard, DataError> {
    let account = stores::account_zone(scope).await?;
    let tx = scope.begin().await?;
    let stores = stores_of(&tx, query.store.as_deref()).await?;
    let zone = query.store.as_ref().and_then(|_| stores.first()).map_or(account, |store| store.zone);
    let today = domain::calendar::day_of(scope.now(), zone);
    let period = query.period.unwrap_or_else(|| Preset::Month.on(today));
    let compared = period.compared(query.compare);
    let bars = bars(&tx, &stores, period, today).await?;
    let (before, bars_before) = match compared {
        Some(other) => (
            Some(elapsed::figures(&tx, &stores, period, other, today).await?),
            self::bars(&tx, &stores, other, today).await?,
        ),
        None => (None, BTreeMap::new()),
    };
    let mut top_products = top_products(&tx, &stores, period).await?;
    tx.end();
    let currencies = parts(bars, before, bars_before);
    top_products.sort_by_key(|product| currencies.iter().position(|part| part.currency == product.currency));
    Ok(Dashboard {
        period,
        compared,
        running: period.to >= today && period.from <= today,
        today,
        zone,
        mixed_zones: stores.iter().any(|s| s.zone != zone),
        as_of: scope.now(),
        currencies,
        top_products,
    })
}

type Bars = BTreeMap<Currency, Vec<Bucket>>;

async fn bars(tx: &Tx, stores: &[Store], period: Period, today: NaiveDate) -> Result<Bars, DataError> {
    if period.days() == 1 {
        let spans: Spans = stores
            .iter()
            .map(|s| (s.id.0, day_start(period.from, s.zone), day_start(next(period.from), s.zone)))
            .collect();
        let running =
            stores.first().filter(|_| period.from == today).map(|s| tx.scope().now().with_timezone(&s.zone).hour());
        let found = rollups::hours(tx, &spans).await?;
        return Ok(found
            .into_iter()
            .map(|(currency, f)| (currency, buckets::hours(&f, stores, period.from, running)))
            .collect());
    }
    let ids: Vec<Uuid> = stores.iter().map(|s| s.id.0).collect();
    let found: ByCurrency<NaiveDate> = rollups::days(tx, &ids, period.from, period.to).await?;
    Ok(found.into_iter().map(|(currency, f)| (currency, buckets::days(&f, period, today))).collect())
}

fn parts(mut bars: Bars, before: Option<BTreeMap<Currency, Figures>>, mut bars_before: Bars) -> Vec<CurrencyPart> {
    let mut currencies: BTreeSet<Currency> = bars.keys().copied().collect();
    currencies.extend(before.iter().flatten().map(|(currency, _)| *currency));
    let part = |currency: Currency| {
        let buckets = bars.remove(&currency).unwrap_or_default();
        CurrencyPart {
            currency,
            now: buckets.iter().map(|b| b.figures).sum(),
            before: before.as_ref().map(|b| b.get(&currency).copied().unwrap_or_default()),
            buckets,
            buckets_before: bars_before.remove(&currency).unwrap_or_default(),
        }
    };
    let mut parts: Vec<CurrencyPart> = currencies.into_iter().map(part).filter(|p| !p.is_empty()).collect();
    parts.sort_by_key(|part| std::cmp::Reverse(part.now.orders));
    parts
}

impl CurrencyPart {
    fn is_empty(&self) -> bool {
        self.now.is_zero() && self.before.is_none_or(|b| b.is_zero())
    }
}

#[derive(FromQueryResult)]
struct ProductRow {
    product: Uuid,
    title: String,
    quantity: i64,
    gross: i64,
    currency: String,
}

// Whole weeks are read as weeks, and the days before and after them as days. Each currency has a rank of its own: unlike
// amounts are not compared.
async fn top_products(tx: &Tx, stores: &[Store], period: Period) -> Result<Vec<TopProduct>, DataError> {
    const OF: &str = "tenant_id = $1 and store_id = any($2) and";
    // SQL: a rank within each currency, over sums of weeks and days.
    let sql = format!(
        "select t.product_id product, p.title, t.quantity, t.gross, t.currency from ( \
           select *, row_number() over (partition by currency order by gross desc, product_id) place from ( \
           select product_id, currency, sum(quantity)::bigint quantity, sum(gross)::bigint gross from ( \
             select product_id, currency, quantity, gross from rollup_product_weeks where {OF} week >= $4 and week < $5 \
             union all select product_id, currency, quantity, gross from rollup_products where {OF} day >= $3 and day < $4 \
             union all select product_id, currency, quantity, gross from rollup_products where {OF} day >= $5 and day <= $6) s \
           group by product_id, currency having sum(gross) > 0) g) t \
         join products p on p.tenant_id = $1 and p.id = t.product_id where t.place <= {TOP_PRODUCTS} \
         order by t.gross desc, t.product_id"
    );
    let ids: Vec<Uuid> = stores.iter().map(|s| s.id.0).collect();
    let weeks = period.weeks();
    let values = [ids.into(), period.from.into(), weeks.start.into(), weeks.end.into(), period.to.into()];
    let rows: Vec<ProductRow> = tx.all(&sql, values).await?;
    let row = |r: ProductRow| {
        let currency = rollups::currency(&r.currency)?;
        Ok(TopProduct { product: r.product.into(), title: r.title, quantity: r.quantity, gross: r.gross, currency })
    };
    rows.into_iter().map(row).collect()
}
