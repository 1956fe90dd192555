//! Taking orders in. Every way in ends here.
//!
//! Locks are taken in one order by every writer, so that writers never deadlock: numbers (sorted), catalogue,
//! customers (sorted), the orders themselves, levels of stock, the feed's head, rollups. From the feed's head on the
//! tenant's other writers wait, so there are two steps: [`write`] and, after whatever else must be stored,
//! [`Written::finish`].

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use domain::feed::EventKind;
use domain::ids::OrderId;
use domain::money::Currency;
use domain::orders::refund::Parts;
use domain::orders::{Figures, NewOrder, OrderKind, OrderStatus};
use domain::settings::ReturnDay;
use sea_orm::FromQueryResult;
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::replace::{self, Replaced};
use super::write;
use crate::catalog::{self, Named, Variants};
use crate::connect::Db;
use crate::customers::{self, Buyers};
use crate::error::DataError;
use crate::feed::{self, NewEvent};
use crate::queue::{self, NewJob};
use crate::rollups::{self, Deltas};
use crate::scope::Tx;
use crate::stock;
use crate::stores::{self, Store};

/// For how long after it was placed a sale is worth telling of; older ones are history that somebody imported.
pub const NEWS_FOR: TimeDelta = TimeDelta::days(1);

/// What became of one order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Placed {
    /// It is stored now.
    Stored(OrderId),
    /// It was there already, with the same content.
    Unchanged(OrderId),
    /// It was there with other content, which it replaced.
    Updated(OrderId),
    /// It was there with other content that its shop changed later; nothing was changed.
    Stale(OrderId),
    /// It was there with other content, in a quarter that is archived; nothing was changed.
    Archived(OrderId),
    /// Its number is taken by an order with other content; nothing was stored.
    Conflict(OrderId),
}

/// What is done with an order whose number is taken by one with other content.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Mode {
    /// It is refused.
    #[default]
    Create,
    /// It takes the place of the stored one, unless its shop changed that later.
    Update,
}

/// How orders came in: for timeline and feed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Via {
    /// One event an order.
    Api,
    /// No events of their own: the importer announces its progress in the same transaction.
    Import,
    /// A newer state of an order that is stored already.
    Update,
}

/// Makes the partitions that `orders` need. Call it before the transaction begins.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn prepare(db: &Db, orders: &[NewOrder]) -> Result<(), DataError> {
    crate::partitions::ensure(db, orders.iter().map(|o| o.placed_at().date_naive())).await
}

/// Stores `orders` of one store with their customers, variants, figures, timeline and feed events; what became
/// of each, in the same order. A number that stands twice in `orders` counts as taken the second time.
/// The number of statements does not depend on how many orders there are.
///
/// # Errors
/// When PostgreSQL fails; then the transaction is lost.
pub async fn place(tx: &Tx, store: &Store, orders: &[NewOrder], via: Via) -> Result<Vec<Placed>, DataError> {
    write(tx, store, orders, (via, Mode::Create)).await?.finish(tx).await
}

/// The same for orders of a file that says better than each of its lines what a SKU is called.
///
/// # Errors
/// As [`place`].
pub async fn place_named<'a>(
    tx: &Tx,
    store: &Store,
    orders: &'a [NewOrder],
    how: (Via, Mode),
    named: &Named<'a>,
) -> Result<Vec<Placed>, DataError> {
    write_named(tx, store, orders, how, named).await?.finish(tx).await
}

/// Orders whose rows are written. Figures and feed still lack them: [`Written::finish`] before the commit.
#[must_use]
pub struct Written {
    outcome: Vec<Placed>,
    deltas: Deltas,
    // None for imports, which announce their progress themselves.
    events: Option<Vec<NewEvent>>,
    // Refunds that the orders arrived with.
    refunded: Vec<Refunded>,
    // Orders that took the place of others, with what is still to be taken out of the figures.
    replaced: Vec<Replaced>,
    store: Store,
}

struct Refunded {
    placed_at: DateTime<Utc>,
    at: DateTime<Utc>,
    currency: Currency,
    parts: Parts,
}

/// The first step of [`place`]: whatever holds up nobody but those who write the same orders.
///
/// # Errors
/// As [`place`].
pub async fn write(tx: &Tx, store: &Store, orders: &[NewOrder], how: (Via, Mode)) -> Result<Written, DataError> {
    write_named(tx, store, orders, how, &|_| None).await
}

async fn write_named<'a>(
    tx: &Tx,
    store: &Store,
    orders: &'a [NewOrder],
    (via, mode): (Via, Mode),
    named: &Named<'a>,
) -> Result<Written, DataError> {
    let clock = tx.scope().clock();
    let candidates: Vec<Candidate> =
        orders.iter().map(|order| Candidate { id: clock.id(), order, fingerprint: fingerprint(order) }).collect();
    let mut outcome = take_numbers(tx, store, &candidates).await?;
    let fresh: Vec<&Candidate> =
        candidates.iter().zip(&outcome).filter(|(_, o)| matches!(o, Placed::Stored(_))).map(|(c, _)| c).collect();
    let newer = if mode == Mode::Update { newer_states(&candidates, &outcome) } else { Vec::new() };
    let mut written = Written {
        outcome: Vec::new(),
        deltas: Deltas::default(),
        events: (via == Via::Api).then(Vec::new),
        refunded: Vec::new(),
        replaced: Vec::new(),
        store: store.clone(),
    };
    if fresh.is_empty() && newer.is_empty() {
        return Ok(Written { outcome, ..written });
    }
    let sent = || fresh.iter().copied().chain(newer.iter().map(|(_, candidate)| candidate));
    let variants = catalog::ensure(tx, store, sent().map(|c| c.order), named).await?;
    let buyers = customers::ensure(tx, store, sent().filter_map(|c| c.order.customer())).await?;
    if !fresh.is_empty() {
        written.add_fresh(tx, &fresh, (&variants, &buyers), via).await?;
    }
    // One order among many must not fail them all.
    let is_alone = via == Via::Api && candidates.len() == 1;
    for (i, candidate) in &newer {
        outcome[*i] = match written.replace(tx, candidate, (&variants, &buyers)).await {
            Err(DataError::Archived(_)) if !is_alone => Placed::Archived(candidate.id),
            replaced => replaced?,
        };
    }
    Ok(Written { outcome, ..written })
}

// The orders whose numbers are taken by others, with the ids of those; in the order of their numbers, in which they are locked.
fn newer_states<'a>(candidates: &[Candidate<'a>], outcome: &[Placed]) -> Vec<(usize, Candidate<'a>)> {
    let taken = candidates.iter().zip(outcome).enumerate().filter_map(|(i, (candidate, placed))| match placed {
        Placed::Conflict(id) => {
            let (order, fingerprint) = (candidate.order, candidate.fingerprint.clone());
            Some((i, Candidate { id: *id, order, fingerprint }))
        }
        _ => None,
    });
    let mut newer: Vec<_> = taken.collect();
    // Of two states of one order in one request the later one stays: the sort keeps their order.
    newer.sort_by(|(_, a), (_, b)| a.order.number().cmp(b.order.number()));
    newer
}

// A cancelled order counts in no figure, and neither do its refunds.
fn refunded(order: &NewOrder) -> impl Iterator<Item = Refunded> {
    let is_counted = order.standing().status != OrderStatus::Cancelled;
    let refunds = order.refunds().filter(move |_| is_counted);
    refunds.map(|(refund, parts, _)| Refunded {
        placed_at: order.placed_at(),
        at: refund.at,
        currency: order.currency(),
        parts,
    })
}

impl Written {
    async fn add_fresh(
        &mut self,
        tx: &Tx,
        fresh: &[&Candidate<'_>],
        (variants, buyers): (&Variants, &Buyers),
        via: Via,
    ) -> Result<(), DataError> {
        let store = &self.store;
        write::rows(tx, store, fresh, variants, buyers, via).await?;
        if store.tracks_stock {
            stock::sell(tx, fresh.iter().map(|c| c.order), variants).await?;
        }
        if store.notifies_orders {
            tell(tx, fresh).await?;
        }
        if let Some(events) = &mut self.events {
            events.extend(fresh.iter().map(|c| placed_event(c, store)));
        }
        for candidate in fresh {
            self.deltas.add_order(store, candidate.order, variants);
            self.refunded.extend(refunded(candidate.order));
        }
        Ok(())
    }

    async fn replace(
        &mut self,
        tx: &Tx,
        candidate: &Candidate<'_>,
        (variants, buyers): (&Variants, &Buyers),
    ) -> Result<Placed, DataError> {
        let replaced = replace::replace(tx, &self.store, candidate, variants, buyers).await?;
        let Some(mut replaced) = replaced else { return Ok(Placed::Stale(candidate.id)) };
        self.deltas.add_order(&self.store, candidate.order, variants);
        self.refunded.extend(refunded(candidate.order));
        if let Some(events) = &mut self.events {
            events.append(&mut replaced.events);
        }
        self.replaced.push(replaced);
        Ok(Placed::Updated(candidate.id))
    }

    /// What became of each order.
    pub fn outcome(&self) -> &[Placed] {
        &self.outcome
    }

    /// Feed and figures; the result of each order.
    ///
    /// # Errors
    /// As [`place`].
    pub async fn finish(mut self, tx: &Tx) -> Result<Vec<Placed>, DataError> {
        if !self.deltas.is_empty() {
            match self.events.take() {
                Some(events) => drop(feed::append(tx, events).await?),
                None => feed::lock(tx).await?,
            }
            self.count_refunds(tx).await?;
            rollups::apply(tx, &self.deltas).await?;
        }
        Ok(self.outcome)
    }
}

impl Written {
    // Behind the feed's head, where the store's rule cannot change any more.
    async fn count_refunds(&mut self, tx: &Tx) -> Result<(), DataError> {
        let has_refunds = !self.refunded.is_empty() || self.replaced.iter().any(|order| order.counted.has_refunds());
        let rule = if has_refunds { stores::return_day(tx, self.store.id).await? } else { ReturnDay::default() };
        for Replaced { before, counted, .. } in &self.replaced {
            counted.take_out(before, rule, &mut self.deltas);
        }
        for Refunded { placed_at, at, currency, parts } in &self.refunded {
            let figures = Figures::of_refund(*parts);
            self.deltas.add(&self.store, rule.counts_at(*at, *placed_at), *currency, figures);
        }
        Ok(())
    }
}

// One job for all that came in together: no statement more for a thousand orders than for one.
async fn tell(tx: &Tx, fresh: &[&Candidate<'_>]) -> Result<(), DataError> {
    let since = tx.scope().now() - NEWS_FOR;
    let stands = |c: &Candidate<'_>| c.order.standing().status != OrderStatus::Cancelled;
    let is_news = |c: &&&Candidate<'_>| c.order.kind() == OrderKind::Sale && c.order.placed_at() >= since && stands(c);
    let orders: Vec<OrderId> = fresh.iter().filter(is_news).map(|c| c.id).collect();
    if orders.is_empty() {
        return Ok(());
    }
    let job = NewJob { queue: "mail", ..NewJob::new("notify_orders", json!({"orders": orders})) };
    queue::enqueue(tx, &job).await.map(drop)
}

/// An order with the id that it gets if its number is free.
pub(super) struct Candidate<'a> {
    pub id: OrderId,
    pub order: &'a NewOrder,
    pub fingerprint: Vec<u8>,
}

#[derive(FromQueryResult)]
struct Taken {
    number: String,
    order_id: Uuid,
    fingerprint: Vec<u8>,
}

async fn take_numbers(tx: &Tx, store: &Store, candidates: &[Candidate<'_>]) -> Result<Vec<Placed>, DataError> {
    // SQL: any number of orders in one statement; taken numbers are left out.
    let sql = "insert into order_refs (tenant_id, store_id, number, order_id, placed_at, fingerprint) \
               select $1, $2, r.number, r.id, r.placed_at, r.fingerprint \
               from unnest($3::text[], $4::uuid[], $5::timestamptz[], $6::bytea[]) with ordinality r (number, id, placed_at, fingerprint, n) \
               order by r.number, r.n on conflict (tenant_id, store_id, number) do nothing returning order_id";
    let numbers: Vec<String> = candidates.iter().map(|c| c.order.number().to_owned()).collect();
    let ids: Vec<Uuid> = candidates.iter().map(|c| c.id.0).collect();
    let times: Vec<DateTime<Utc>> = candidates.iter().map(|c| c.order.placed_at()).collect();
    let prints: Vec<Vec<u8>> = candidates.iter().map(|c| c.fingerprint.clone()).collect();
    let values = [store.id.0.into(), numbers.into(), ids.into(), times.into(), prints.into()];
    let stored: HashSet<Uuid> = tx.all::<StoredId>(sql, values).await?.into_iter().map(|row| row.order_id).collect();
    let others: Vec<String> =
        candidates.iter().filter(|c| !stored.contains(&c.id.0)).map(|c| c.order.number().to_owned()).collect();
    let taken = if others.is_empty() { HashMap::new() } else { taken(tx, store, others).await? };
    candidates.iter().map(|candidate| outcome(candidate, &stored, &taken)).collect()
}

#[derive(FromQueryResult)]
struct StoredId {
    order_id: Uuid,
}

async fn taken(tx: &Tx, store: &Store, numbers: Vec<String>) -> Result<HashMap<String, Taken>, DataError> {
    // One probe of the primary key each, also while the table has no statistics.
    // SQL: one probe of the primary key for each number, also while the table has no statistics.
    let sql = "select r.number, r.order_id, r.fingerprint from unnest($3::text[]) w (number) cross join lateral ( \
               select * from order_refs r where r.tenant_id = $1 and r.store_id = $2 and r.number = w.number limit 1) r";
    let rows: Vec<Taken> = tx.all(sql, [store.id.0.into(), numbers.into()]).await?;
    Ok(rows.into_iter().map(|row| (row.number.clone(), row)).collect())
}

fn outcome(
    candidate: &Candidate<'_>,
    stored: &HashSet<Uuid>,
    taken: &HashMap<String, Taken>,
) -> Result<Placed, DataError> {
    if stored.contains(&candidate.id.0) {
        return Ok(Placed::Stored(candidate.id));
    }
    let number = candidate.order.number();
    let row =
        taken.get(number).ok_or_else(|| DataError::Corrupt(format!("number {number} is neither free nor taken")))?;
    let id = row.order_id.into();
    Ok(if row.fingerprint == candidate.fingerprint { Placed::Unchanged(id) } else { Placed::Conflict(id) })
}

fn fingerprint(order: &NewOrder) -> Vec<u8> {
    // Field order is fixed by the struct, so equal orders have equal bytes.
    let bytes = serde_json::to_vec(order).unwrap_or_default();
    Sha256::digest(bytes).to_vec()
}

fn placed_event(candidate: &Candidate<'_>, store: &Store) -> NewEvent {
    let order = candidate.order;
    NewEvent {
        kind: EventKind::OrderPlaced,
        store: Some(store.id),
        data: json!({
            "id": candidate.id, "store": store.slug, "number": order.number(), "kind": order.kind(),
            "placed_at": order.placed_at(), "currency": order.currency(), "total": order.amounts().total(),
            "status": order.standing().status, "payment_status": order.standing().payment_status(),
            "fulfilment_status": order.standing().fulfilment_status(),
        }),
    }
}
