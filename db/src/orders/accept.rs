//! Accepting orders: the one command behind the API's single orders and batches. Imports, which store their progress in the
//! same transaction, begin with [`super::place`], as this does.

use std::time::Duration;

use domain::audit::ORDERS_TAKEN;
use domain::ids::{OrderId, StoreId};
use domain::orders::NewOrder;
use serde_json::{Value as Json, json};

use super::place::{self, Mode, Placed, Via, Written};
use super::rows::OrderDetail;
use super::show;
use crate::audit;
use crate::error::DataError;
use crate::idempotency::{self, Answer, Claim, Key, NewAnswer};
use crate::scope::{Scope, Tx};
use crate::stores;

/// Most attempts of a transaction that PostgreSQL gives up in favour of another.
const ATTEMPTS: u32 = 4;

/// Orders of one store.
#[derive(Clone, Copy, Debug)]
pub struct Group<'a> {
    /// The slug of the store.
    pub store: &'a str,
    /// Its orders.
    pub orders: &'a [NewOrder],
}

/// The result of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupResult {
    /// The tenant has no such store, or the actor does not reach it.
    NoSuchStore,
    /// The store, and the result of each order.
    Placed(StoreId, Vec<Placed>),
}

/// How the orders were sent: what the audit log says of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sent {
    /// One order: its entry names it.
    Alone,
    /// A batch: one entry for all that were stored, none when nothing was.
    AsBatch(Mode),
}

impl Sent {
    const fn mode(self) -> Mode {
        match self {
            Self::Alone => Mode::Create,
            Self::AsBatch(mode) => mode,
        }
    }
}

/// The result of accepting orders.
#[derive(Debug)]
pub enum Accepted {
    /// The orders and the answer are stored.
    Stored(Answer),
    /// Nothing was stored: there was nothing to answer with.
    NotStored(Vec<GroupResult>),
    /// Nothing was stored: the key was used before, or is in use.
    Claimed(Claim),
}

/// Stores the orders of `groups` with everything that follows from them, and the answer that `answer` makes of the results
/// under `key`, in one transaction. Where `answer` makes none, nothing is stored. What is not stored is undone before
/// this returns, so the next request finds neither key nor number locked. A transaction that PostgreSQL gives up in
/// favour of another is tried again, four times in all.
///
/// # Errors
/// Those of the last attempt.
pub async fn accept(
    scope: &Scope,
    groups: &[Group<'_>],
    sent: Sent,
    key: Option<&Key>,
    answer: impl Fn(&[GroupResult]) -> Result<Option<Answer>, DataError>,
) -> Result<Accepted, DataError> {
    for group in groups {
        place::prepare(scope.db(), group.orders).await?;
    }
    for attempt in 1..ATTEMPTS {
        match transact(scope, groups, sent, key, &answer).await {
            Err(error) if error.is_transient() => {
                tracing::debug!(%error, "a transaction lost against another; trying again");
                tokio::time::sleep(Duration::from_millis(u64::from(10 * attempt))).await;
            }
            settled => return settled,
        }
    }
    transact(scope, groups, sent, key, &answer).await
}

/// Stores the order, or replaces the stored one of its number by it, as [`Mode::Update`] says; the answer that `answer` makes of
/// the order as it stands then is stored under `key`, all in one transaction, which is tried again as that of [`accept`].
///
/// # Errors
/// [`DataError::NotFound`] for a store that is not the tenant's; those of the last attempt.
pub async fn put(
    scope: &Scope,
    store: &str,
    order: &NewOrder,
    key: Option<&Key>,
    answer: impl Fn(Placed, OrderDetail) -> Result<Answer, DataError>,
) -> Result<Accepted, DataError> {
    place::prepare(scope.db(), std::slice::from_ref(order)).await?;
    for attempt in 1..ATTEMPTS {
        match put_once(scope, store, order, key, &answer).await {
            Err(error) if error.is_transient() => {
                tokio::time::sleep(Duration::from_millis(u64::from(10 * attempt))).await;
            }
            settled => return settled,
        }
    }
    put_once(scope, store, order, key, &answer).await
}

async fn put_once(
    scope: &Scope,
    store: &str,
    order: &NewOrder,
    key: Option<&Key>,
    answer: &impl Fn(Placed, OrderDetail) -> Result<Answer, DataError>,
) -> Result<Accepted, DataError> {
    let tx = scope.begin().await?;
    if let Some(key) = key {
        let claim = idempotency::claim(&tx, &key.key, &key.request).await?;
        if claim != Claim::Fresh {
            tx.roll_back().await?;
            return Ok(Accepted::Claimed(claim));
        }
    }
    let store = stores::list(&tx).await?.into_iter().find(|known| known.slug == store);
    let store = store.ok_or(DataError::NotFound("store"))?;
    let written = place::write(&tx, &store, std::slice::from_ref(order), (Via::Api, Mode::Update)).await?;
    let placed = *written.outcome().first().ok_or_else(|| DataError::Corrupt("an order has no outcome".into()))?;
    let (Placed::Stored(id)
    | Placed::Updated(id)
    | Placed::Unchanged(id)
    | Placed::Stale(id)
    | Placed::Archived(id)
    | Placed::Conflict(id)) = placed;
    let answer = answer(placed, show::within(&tx, id).await?)?;
    if let Some(key) = key {
        let new = NewAnswer { status: answer.status, body: &answer.body, stores: &[store.id] };
        idempotency::store(&tx, &key.key, &key.request, &new).await?;
    }
    if matches!(placed, Placed::Stored(_) | Placed::Updated(_)) {
        let about = json!({"store": store.slug, "number": order.number()});
        audit::note(&tx, ORDERS_TAKEN, &id.to_string(), about).await?;
    }
    written.finish(&tx).await?;
    tx.commit().await?;
    Ok(Accepted::Stored(answer))
}

async fn transact(
    scope: &Scope,
    groups: &[Group<'_>],
    sent: Sent,
    key: Option<&Key>,
    answer: &impl Fn(&[GroupResult]) -> Result<Option<Answer>, DataError>,
) -> Result<Accepted, DataError> {
    let tx = scope.begin().await?;
    let accepted = within(&tx, groups, sent, key, answer).await;
    if matches!(accepted, Ok(Accepted::Stored(_))) {
        tx.commit().await?;
    } else {
        tx.roll_back().await?;
    }
    accepted
}

async fn within(
    tx: &Tx,
    groups: &[Group<'_>],
    sent: Sent,
    key: Option<&Key>,
    answer: &impl Fn(&[GroupResult]) -> Result<Option<Answer>, DataError>,
) -> Result<Accepted, DataError> {
    if let Some(key) = key {
        let claim = idempotency::claim(tx, &key.key, &key.request).await?;
        if claim != Claim::Fresh {
            return Ok(Accepted::Claimed(claim));
        }
    }
    let (written, results) = write(tx, groups, sent.mode()).await?;
    let Some(answer) = answer(&results)? else { return Ok(Accepted::NotStored(results)) };
    if let Some(key) = key {
        let stores = reached(&results);
        let new = NewAnswer { status: answer.status, body: &answer.body, stores: &stores };
        idempotency::store(tx, &key.key, &key.request, &new).await?;
    }
    note(tx, groups, sent, &results).await?;
    // From here on the tenant's other orders wait.
    for written in written {
        written.finish(tx).await?;
    }
    Ok(Accepted::Stored(answer))
}

async fn write(tx: &Tx, groups: &[Group<'_>], mode: Mode) -> Result<(Vec<Written>, Vec<GroupResult>), DataError> {
    let stores = stores::list(tx).await?;
    let (mut written, mut results) = (Vec::with_capacity(groups.len()), Vec::with_capacity(groups.len()));
    for group in groups {
        let Some(store) = stores.iter().find(|store| store.slug == group.store) else {
            results.push(GroupResult::NoSuchStore);
            continue;
        };
        let rows = place::write(tx, store, group.orders, (Via::Api, mode)).await?;
        results.push(GroupResult::Placed(store.id, rows.outcome().to_vec()));
        written.push(rows);
    }
    Ok((written, results))
}

fn reached(results: &[GroupResult]) -> Vec<StoreId> {
    let store = |result: &GroupResult| match result {
        GroupResult::Placed(store, _) => Some(*store),
        GroupResult::NoSuchStore => None,
    };
    results.iter().filter_map(store).collect()
}

async fn note(tx: &Tx, groups: &[Group<'_>], sent: Sent, results: &[GroupResult]) -> Result<(), DataError> {
    let stored = stored(groups, results);
    match sent {
        Sent::Alone => {
            for (id, about) in stored {
                audit::note(tx, ORDERS_TAKEN, &id.to_string(), about).await?;
            }
        }
        Sent::AsBatch(_) if stored.is_empty() => {}
        Sent::AsBatch(_) => audit::note(tx, ORDERS_TAKEN, "batch", json!({"orders": stored.len()})).await?,
    }
    Ok(())
}

// The orders that are stored now, and what the audit log says of each.
fn stored(groups: &[Group<'_>], results: &[GroupResult]) -> Vec<(OrderId, Json)> {
    let mut stored = Vec::new();
    for (group, result) in groups.iter().zip(results) {
        let GroupResult::Placed(_, placed) = result else { continue };
        for (order, placed) in group.orders.iter().zip(placed) {
            if let Placed::Stored(id) | Placed::Updated(id) = placed {
                stored.push((*id, json!({"store": group.store, "number": order.number()})));
            }
        }
    }
    stored
}
