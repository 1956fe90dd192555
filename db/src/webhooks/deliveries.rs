//! What a webhook was told, with every attempt at it.

use chrono::{DateTime, Utc};
use domain::feed::EventKind;
use domain::ids::{DeliveryId, WebhookId};
use domain::page::{Limit, Page};
use domain::webhooks::{DeliveryQuery, DeliveryState, Wanted};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use crate::entities::text::Text;
use crate::entities::{TenantQueries, extras, webhook_attempt, webhook_delivery};
use crate::error::DataError;
use crate::keyset;
use crate::scope::{Scope, Tx};

/// An event on its way to a webhook, or there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// The event's number in the feed, for what is an event of it.
    pub seq: Option<i64>,
    /// The kind of event.
    pub kind: String,
    /// What is sent; none for whoever may not read what it is about.
    pub body: Option<String>,
    /// How it stands.
    pub state: DeliveryState,
    /// When it is tried next.
    pub next_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Attempts at it, the first one first.
    pub attempts: Vec<Attempt>,
}

/// An attempt at a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// When it was made.
    pub at: DateTime<Utc>,
    /// How long it took, in milliseconds.
    pub ms: i32,
    /// The status of the answer.
    pub status: Option<i16>,
    /// The beginning of the answer.
    pub answer: String,
    /// Why there was none.
    pub error: Option<String>,
}

/// One page of what `webhook` was told, newest first; what it is about only for an actor who may read
/// that. Two statements at any size. Indexes: `webhook_deliveries_log`, `webhook_deliveries_open`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn deliveries(
    scope: &Scope,
    webhook: WebhookId,
    query: &DeliveryQuery,
    rows: Limit,
) -> Result<Page<Delivery>, DataError> {
    let tx = scope.begin().await?;
    let from = query.cursor.as_deref();
    let of_webhook = tx
        .find::<webhook_delivery::Entity>()
        .filter(webhook_delivery::Column::WebhookId.eq(webhook.0))
        // Written out, so that PostgreSQL sees which index knows them.
        .apply_if(query.state, |select, state| select.filter(extras::is(webhook_delivery::Column::State, Text(state))));
    let columns = [webhook_delivery::Column::CreatedAt, webhook_delivery::Column::Id];
    let found = keyset::newest(of_webhook, columns, from, rows).all(tx.conn()).await?;
    let page = Page::cut(found, rows, from, |row| (row.created_at, row.id));
    let attempts = tx.find::<webhook_attempt::Entity>().order_by_asc(webhook_attempt::Column::N);
    let attempts = tx.load_many(&page.rows, attempts).await?;
    tx.end();
    let rows = page.rows.into_iter().zip(attempts).map(|(row, attempts)| {
        let may_read = may_read(scope, &row.kind);
        let mut delivery = Delivery::of(row, attempts);
        if !may_read {
            delivery.body = None;
            // Receivers answer with what they were sent, too.
            delivery.attempts.iter_mut().for_each(|attempt| attempt.answer.clear());
        }
        delivery
    });
    Ok(Page { rows: rows.collect(), newer: page.newer, older: page.older })
}

/// One delivery of `webhook`, without its attempts.
///
/// # Errors
/// [`DataError::NotFound`] when it is another's, or there is none.
pub async fn delivery(tx: &Tx, webhook: WebhookId, id: DeliveryId) -> Result<Delivery, DataError> {
    let row = tx
        .find::<webhook_delivery::Entity>()
        .filter(webhook_delivery::Column::Id.eq(id.0))
        .filter(webhook_delivery::Column::WebhookId.eq(webhook.0))
        .lock_exclusive();
    let row = row.one(tx.conn()).await?.ok_or(DataError::NotFound("delivery"))?;
    Ok(Delivery::of(row, Vec::new()))
}

// What is no event of the feed, such as a test, says nothing of anybody.
fn may_read(scope: &Scope, kind: &str) -> bool {
    let kinds = kind.parse::<EventKind>().into_iter().collect::<Vec<_>>();
    kinds.is_empty() || scope.may_grant(&Wanted { kinds, store: None }.rights()).is_ok()
}

impl Delivery {
    fn of(row: webhook_delivery::Model, attempts: Vec<webhook_attempt::Model>) -> Self {
        Self {
            id: row.id.into(),
            seq: row.seq,
            kind: row.kind,
            body: Some(row.body),
            state: *row.state,
            next_at: row.next_at,
            created_at: row.created_at,
            attempts: attempts.into_iter().map(Attempt::from).collect(),
        }
    }
}

impl From<webhook_attempt::Model> for Attempt {
    fn from(row: webhook_attempt::Model) -> Self {
        Self { at: row.at, ms: row.ms, status: row.status, answer: row.answer, error: row.error }
    }
}
