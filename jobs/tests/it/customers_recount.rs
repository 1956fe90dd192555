//! Customer metrics as they are stored, and an independent recount that they must equal.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use db::Access;
use db::stores::Store;
use db::testing::TestDb;
use domain::calendar::{day_of, days_before};
use domain::customers::{FRESH_DAYS, Scores, Segment, Traits, score};
use domain::ids::Uuid;

use crate::customers::NOW;

#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    pub store: Uuid,
    pub orders: i64,
    first_at: DateTime<Utc>,
    last_at: DateTime<Utc>,
    last_day: NaiveDate,
    currency: String,
    net: i64,
    pub scores: Scores,
    pub segment: Segment,
}

pub type Money = BTreeMap<(Uuid, String), (i64, i64)>;
type Stored = (Uuid, Uuid, i64, DateTime<Utc>, DateTime<Utc>, NaiveDate, String, i64, i16, i16, i16, String);

pub async fn stored(db: &TestDb, access: &Access) -> (BTreeMap<Uuid, Metric>, Money) {
    let pool = db.owner(access.tenant()).await;
    let sql = "select customer_id, store_id, orders, first_at, last_at, last_day, currency, net, recency, frequency, monetary, segment from customer_metrics";
    let rows: Vec<Stored> = sqlx::query_as(sql).fetch_all(&pool).await.unwrap();
    let fifth = |n: i16| u8::try_from(n).unwrap();
    let metric = |r: Stored| {
        let scores = Scores { recency: fifth(r.8), frequency: fifth(r.9), monetary: fifth(r.10) };
        let segment = r.11.parse().unwrap();
        let metric = Metric {
            store: r.1,
            orders: r.2,
            first_at: r.3,
            last_at: r.4,
            last_day: r.5,
            currency: r.6,
            net: r.7,
            scores,
            segment,
        };
        (r.0, metric)
    };
    let sql = "select customer_id, currency, orders, net from customer_money";
    let money: Vec<(Uuid, String, i64, i64)> = sqlx::query_as(sql).fetch_all(&pool).await.unwrap();
    pool.close().await;
    (rows.into_iter().map(metric).collect(), money.into_iter().map(|m| ((m.0, m.1), (m.2, m.3))).collect())
}

type Fact = (Uuid, Uuid, bool, bool, String, DateTime<Utc>, i64, i64, i64, i64);

/// From lines and refunds, one order after the other.
pub async fn recounted(db: &TestDb, access: &Access, stores: &[Store]) -> (BTreeMap<Uuid, Metric>, Money) {
    let pool = db.owner(access.tenant()).await;
    let sql = "select o.customer_id, o.store_id, o.kind = 'sale', o.status = 'cancelled', o.currency, o.placed_at, \
                 (select sum(i.quantity * i.unit_price)::bigint from order_items i where i.order_id = o.id), o.shipping + o.tax - o.discounts, \
                 (select coalesce(sum(f.amount - f.shipping - f.tax - f.fees) filter (where f.is_counted), 0)::bigint from refunds f where f.order_id = o.id), o.discounts from orders o";
    let facts: Vec<Fact> = sqlx::query_as(sql).fetch_all(&pool).await.unwrap();
    pool.close().await;
    let mut money: BTreeMap<(Uuid, String), (i64, i64)> = BTreeMap::new();
    let mut times: BTreeMap<Uuid, (Uuid, BTreeSet<DateTime<Utc>>)> = BTreeMap::new();
    for (customer, store, is_sale, is_cancelled, currency, at, lines, rest, refunds, discount) in facts {
        let entry = money.entry((customer, currency)).or_default();
        entry.1 -= refunds;
        match (is_sale, is_cancelled) {
            (true, true) => {}
            (true, false) => {
                *entry = (entry.0 + 1, entry.1 + lines - discount);
                times.entry(customer).or_insert((store, BTreeSet::new())).1.insert(at);
            }
            (false, _) => entry.1 += lines + rest,
        }
    }
    money.retain(|(customer, _), (orders, net)| times.contains_key(customer) && (*orders > 0 || *net != 0));
    let mut metrics: BTreeMap<Uuid, Metric> = BTreeMap::new();
    for (customer, (store, at)) in times {
        let parts: Vec<_> = money.iter().filter(|((c, _), _)| *c == customer).collect();
        let main = parts.iter().max_by(|a, b| a.1.0.cmp(&b.1.0).then(b.0.1.cmp(&a.0.1))).unwrap();
        let zone = stores.iter().find(|s| s.id.0 == store).unwrap().zone;
        let (first_at, last_at) = (*at.first().unwrap(), *at.last().unwrap());
        let orders = parts.iter().map(|(_, (orders, _))| orders).sum();
        let unknown = Scores { recency: 0, frequency: 0, monetary: 0 };
        let metric = Metric {
            store,
            orders,
            first_at,
            last_at,
            last_day: day_of(last_at, zone),
            currency: main.0.1.clone(),
            net: main.1.1,
            scores: unknown,
            segment: Segment::Lost,
        };
        metrics.insert(customer, metric);
    }
    let all: Vec<Metric> = metrics.values().cloned().collect();
    for metric in metrics.values_mut() {
        let of_store: Vec<&Metric> = all.iter().filter(|m| m.store == metric.store).collect();
        let of_currency: Vec<&Metric> = of_store.iter().copied().filter(|m| m.currency == metric.currency).collect();
        metric.scores = Scores {
            recency: place(&of_store, |m| m.last_at, metric.last_at),
            frequency: place(&of_store, |m| m.orders, metric.orders),
            monetary: place(&of_currency, |m| m.net, metric.net),
        };
        let zone = stores.iter().find(|s| s.id.0 == metric.store).unwrap().zone;
        let fresh_from = days_before(day_of(NOW.parse().unwrap(), zone), FRESH_DAYS);
        let traits =
            Traits { scores: metric.scores, is_single: metric.orders == 1, is_fresh: metric.last_day >= fresh_from };
        metric.segment = Segment::of(traits);
    }
    (metrics, money)
}

fn place<T: Ord>(among: &[&Metric], read: fn(&Metric) -> T, own: T) -> u8 {
    let count = |wanted: std::cmp::Ordering| among.iter().filter(|m| read(m).cmp(&own) == wanted).count() as u64;
    score(count(std::cmp::Ordering::Less), count(std::cmp::Ordering::Equal), among.len() as u64)
}
