//! The rows of what had happened to new orders by the time they arrived: payments, fulfilments and refunds, and their entries of
//! the timeline. One statement each for any number of orders; none where nothing was told.

use chrono::{DateTime, NaiveDate, Utc};
use domain::calendar::day_of;
use domain::orders::OrderStatus;
use sea_orm::Value;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::place::{Candidate, Via};
use crate::error::DataError;
use crate::scope::Tx;
use crate::stores::Store;

// SQL: payments of any number of orders in one statement.
const PAYMENTS: &str = "insert into payments (tenant_id, store_id, actor, order_placed_at, order_id, id, at, kind, method, currency, amount, reference) \
    select $1, $2, $3, p.* from unnest($4::timestamptz[], $5::uuid[], $6::uuid[], $7::timestamptz[], $8::text[], $9::text[], $10::text[], $11::bigint[], $12::text[]) p";

// SQL: fulfilments of any number of orders in one statement.
const FULFILMENTS: &str = "insert into fulfilments (tenant_id, store_id, actor, order_placed_at, order_id, id, at, carrier, tracking_number, tracking_url, lines) \
    select $1, $2, $3, f.placed_at, f.order_id, f.id, f.at, f.carrier, f.tracking_number, f.tracking_url, f.lines::jsonb \
    from unnest($4::timestamptz[], $5::uuid[], $6::uuid[], $7::timestamptz[], $8::text[], $9::text[], $10::text[], $11::text[]) \
      f (placed_at, order_id, id, at, carrier, tracking_number, tracking_url, lines)";

// SQL: refunds of any number of orders in one statement.
const REFUNDS: &str = "insert into refunds (tenant_id, store_id, actor, order_placed_at, order_id, id, at, local_day, currency, amount, shipping, tax, fees, is_counted, reason, lines) \
    select $1, $2, $3, f.placed_at, f.order_id, f.id, f.at, f.local_day, f.currency, f.amount, f.shipping, f.tax, f.fees, f.is_counted, f.reason, nullif(f.lines, '')::jsonb \
    from unnest($4::timestamptz[], $5::uuid[], $6::uuid[], $7::timestamptz[], $8::date[], $9::text[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::boolean[], $15::text[], $16::text[]) \
      f (placed_at, order_id, id, at, local_day, currency, amount, shipping, tax, fees, is_counted, reason, lines)";

// SQL: entries of any number of orders in one statement.
const TIMELINE: &str = "insert into order_timeline (tenant_id, actor, order_placed_at, order_id, at, id, kind, details) \
    select $1, $2, t.placed_at, t.order_id, t.at, t.id, t.kind, t.details::jsonb \
    from unnest($3::timestamptz[], $4::uuid[], $5::timestamptz[], $6::uuid[], $7::text[], $8::text[]) t (placed_at, order_id, at, id, kind, details)";

/// Writes what is told of the past of `fresh`.
///
/// # Errors
/// When PostgreSQL fails.
pub(super) async fn rows(tx: &Tx, store: &Store, fresh: &[&Candidate<'_>], via: Via) -> Result<(), DataError> {
    let told: Vec<&Candidate<'_>> = fresh.iter().copied().filter(|c| !c.order.history().is_empty()).collect();
    if told.is_empty() {
        return Ok(());
    }
    let mut timeline = Vec::new();
    payments(tx, store, &told, &mut timeline).await?;
    fulfilments(tx, store, &told, &mut timeline).await?;
    refunds(tx, store, &told, &mut timeline).await?;
    if via == Via::Update {
        // What happened before is in the timeline already; that the shop changed the order is said by its own entry.
        return Ok(());
    }
    for c in &told {
        let history = c.order.history();
        if let Some(cancelled) = &history.cancelled {
            timeline.push(Entry::new(c, cancelled.at, "cancelled", json!({"reason": cancelled.reason})));
        } else if let Some(at) = history.closed_at {
            timeline.push(Entry::new(c, at, "closed", json!({})));
        }
    }
    write_timeline(tx, &timeline).await
}

struct Entry {
    placed_at: DateTime<Utc>,
    order: Uuid,
    at: DateTime<Utc>,
    kind: &'static str,
    details: Json,
}

impl Entry {
    fn new(candidate: &Candidate<'_>, at: DateTime<Utc>, kind: &'static str, details: Json) -> Self {
        Self { placed_at: candidate.order.placed_at(), order: candidate.id.0, at, kind, details }
    }
}

// What every statement begins with.
fn head(tx: &Tx, store: &Store) -> [Value; 2] {
    [store.id.0.into(), tx.scope().actor().to_string().into()]
}

// The columns that name the order, a new id for each row and the time of each.
fn keys<T>(tx: &Tx, rows: &[(&Candidate<'_>, T)], at: impl Fn(&T) -> DateTime<Utc>) -> [Value; 4] {
    let ids: Vec<Uuid> = rows.iter().map(|_| tx.scope().clock().id()).collect();
    [
        rows.iter().map(|(c, _)| c.order.placed_at()).collect::<Vec<_>>().into(),
        rows.iter().map(|(c, _)| c.id.0).collect::<Vec<_>>().into(),
        ids.into(),
        rows.iter().map(|(_, row)| at(row)).collect::<Vec<_>>().into(),
    ]
}

fn texts<T>(rows: &[T], read: impl Fn(&T) -> String) -> Value {
    rows.iter().map(read).collect::<Vec<String>>().into()
}

fn numbers<T>(rows: &[T], read: impl Fn(&T) -> i64) -> Value {
    rows.iter().map(read).collect::<Vec<i64>>().into()
}

async fn payments(tx: &Tx, store: &Store, told: &[&Candidate<'_>], timeline: &mut Vec<Entry>) -> Result<(), DataError> {
    let of = |c: &&Candidate<'_>| c.order.history().payments.as_deref().unwrap_or_default().len();
    if told.iter().map(of).sum::<usize>() == 0 {
        return Ok(());
    }
    let rows: Vec<_> =
        told.iter().flat_map(|c| c.order.history().payments.iter().flatten().map(|payment| (*c, payment))).collect();
    for (c, payment) in &rows {
        let details = json!({"kind": payment.kind, "amount": payment.amount, "currency": c.order.currency(), "method": payment.method});
        timeline.push(Entry::new(c, payment.at, "payment", details));
    }
    let columns = [
        texts(&rows, |(_, p)| p.kind.to_string()),
        texts(&rows, |(_, p)| p.method.clone()),
        texts(&rows, |(c, _)| c.order.currency().to_string()),
        numbers(&rows, |(_, p)| p.amount),
        texts(&rows, |(_, p)| p.reference.clone()),
    ];
    let values = head(tx, store).into_iter().chain(keys(tx, &rows, |p| p.at)).chain(columns);
    tx.run(PAYMENTS, values).await.map(drop)
}

async fn fulfilments(
    tx: &Tx,
    store: &Store,
    told: &[&Candidate<'_>],
    timeline: &mut Vec<Entry>,
) -> Result<(), DataError> {
    let rows: Vec<_> = told.iter().flat_map(|c| c.order.fulfilments().map(|sent| (*c, sent))).collect();
    if rows.is_empty() {
        return Ok(());
    }
    for (c, (sent, _)) in &rows {
        let details = json!({"carrier": sent.carrier, "tracking_number": sent.tracking_number});
        timeline.push(Entry::new(c, sent.at, "fulfilled", details));
    }
    let columns = [
        texts(&rows, |(_, (f, _))| f.carrier.clone()),
        texts(&rows, |(_, (f, _))| f.tracking_number.clone()),
        texts(&rows, |(_, (f, _))| f.tracking_url.clone()),
        texts(&rows, |(_, (_, lines))| lines_json(lines.iter().copied()).to_string()),
    ];
    let values = head(tx, store).into_iter().chain(keys(tx, &rows, |(f, _)| f.at)).chain(columns);
    tx.run(FULFILMENTS, values).await.map(drop)
}

async fn refunds(tx: &Tx, store: &Store, told: &[&Candidate<'_>], timeline: &mut Vec<Entry>) -> Result<(), DataError> {
    let rows: Vec<_> = told.iter().flat_map(|c| c.order.refunds().map(|refund| (*c, refund))).collect();
    if rows.is_empty() {
        return Ok(());
    }
    for (c, (refund, parts, _)) in &rows {
        let details = json!({"reason": refund.reason, "amount": parts.total(), "currency": c.order.currency()});
        timeline.push(Entry::new(c, refund.at, "refunded", details));
    }
    let days: Vec<NaiveDate> = rows.iter().map(|(_, (f, ..))| day_of(f.at, store.zone)).collect();
    let counted: Vec<bool> = rows.iter().map(|(c, _)| c.order.standing().status != OrderStatus::Cancelled).collect();
    let lines = texts(&rows, |(_, (.., lines))| {
        let lines = lines.iter().map(|line| (line.position, line.quantity));
        if lines.len() == 0 { String::new() } else { lines_json(lines).to_string() }
    });
    let columns = [
        days.into(),
        texts(&rows, |(c, _)| c.order.currency().to_string()),
        numbers(&rows, |(_, (_, parts, _))| parts.total()),
        numbers(&rows, |(_, (_, parts, _))| parts.shipping),
        numbers(&rows, |(_, (_, parts, _))| parts.tax),
        numbers(&rows, |(_, (_, parts, _))| parts.fees),
        counted.into(),
        texts(&rows, |(_, (f, ..))| f.reason.clone()),
        lines,
    ];
    let values = head(tx, store).into_iter().chain(keys(tx, &rows, |(f, ..)| f.at)).chain(columns);
    tx.run(REFUNDS, values).await.map(drop)
}

async fn write_timeline(tx: &Tx, entries: &[Entry]) -> Result<(), DataError> {
    let values: [Value; 7] = [
        tx.scope().actor().to_string().into(),
        entries.iter().map(|entry| entry.placed_at).collect::<Vec<_>>().into(),
        entries.iter().map(|entry| entry.order).collect::<Vec<_>>().into(),
        entries.iter().map(|entry| entry.at).collect::<Vec<_>>().into(),
        entries.iter().map(|_| tx.scope().clock().id::<Uuid>()).collect::<Vec<_>>().into(),
        texts(entries, |entry| entry.kind.to_owned()),
        texts(entries, |entry| entry.details.to_string()),
    ];
    tx.run(TIMELINE, values).await.map(drop)
}

/// Lines as they are stored with a fulfilment or refund.
pub(super) fn lines_json(lines: impl Iterator<Item = (i32, i64)>) -> Json {
    lines.map(|(position, quantity)| json!({"position": position, "quantity": quantity})).collect()
}
