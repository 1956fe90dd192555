//! What a webhook was told, with every attempt at it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::feed::EventKind;
use domain::ids::{DeliveryId, WebhookId};
use domain::page::{Limit, Page};
use domain::webhooks::{DeliveryQuery, DeliveryState, Wanted};
use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::error::DataError;
use crate::reader::{Reader, limit, order};
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
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Attempt {
    delivery_id: Uuid,
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

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    seq: Option<i64>,
    kind: String,
    body: String,
    state: String,
    next_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
}

const COLUMNS: &str = "j.id, j.seq, j.kind, j.body, j.state, j.next_at, j.created_at";

/// One page of what `webhook` was told, newest first; what it is about only for an actor who may read that. Two statements. Indexes: `webhook_deliveries_log`,
/// `webhook_deliveries_open`.
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
    let reader = Reader::Tenant(&tx);
    let from = query.cursor.as_deref();
    let mut conditions = reader.conditions();
    conditions.add("j.webhook_id = ?", webhook.0);
    if let Some(state) = query.state {
        // Written out, so that PostgreSQL sees which index knows them.
        conditions.add_plain(&format!("j.state = '{}'", state.as_str()));
    }
    conditions.add_cursor("(j.created_at, j.id)", from);
    let (side, most) = (order(from), limit(rows));
    let sql = format!(
        "select {COLUMNS} from webhook_deliveries j {} order by j.created_at {side}, j.id {side} {most}",
        conditions.sql()
    );
    let found: Vec<Row> = reader.all(&sql, conditions.values()).await?;
    let page = Page::cut(found, rows, from, |row| (row.created_at, row.id));
    let mut attempts = attempts(&tx, &page.rows).await?;
    tx.end();
    let whole = |row: Row| {
        let mut attempts = attempts.remove(&row.id).unwrap_or_default();
        let may_read = may_read(scope, &row.kind);
        if !may_read {
            // Receivers answer with what they were sent, too.
            attempts.iter_mut().for_each(|attempt| attempt.answer.clear());
        }
        let delivery = row.delivery(attempts)?;
        Ok::<_, DataError>(Delivery { body: delivery.body.filter(|_| may_read), ..delivery })
    };
    let rows = page.rows.into_iter().map(whole).collect::<Result<_, _>>()?;
    Ok(Page { rows, newer: page.newer, older: page.older })
}

/// One delivery of `webhook`, without its attempts.
///
/// # Errors
/// [`DataError::NotFound`] when it is another's, or there is none.
pub async fn delivery(tx: &Tx, webhook: WebhookId, id: DeliveryId) -> Result<Delivery, DataError> {
    let sql = format!(
        "select {COLUMNS} from webhook_deliveries j where j.tenant_id = $1 and j.id = $2 and j.webhook_id = $3 for update"
    );
    let row: Option<Row> = tx.one(&sql, [id.0.into(), webhook.0.into()]).await?;
    row.ok_or(DataError::NotFound("delivery"))?.delivery(Vec::new())
}

// What is no event of the feed, such as a test, says nothing of anybody.
fn may_read(scope: &Scope, kind: &str) -> bool {
    let kinds = kind.parse::<EventKind>().into_iter().collect::<Vec<_>>();
    kinds.is_empty() || scope.may_grant(&Wanted { kinds, store: None }.rights()).is_ok()
}

async fn attempts(tx: &Tx, rows: &[Row]) -> Result<HashMap<Uuid, Vec<Attempt>>, DataError> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = "select delivery_id, at, ms, status, answer, error from webhook_attempts \
               where tenant_id = $1 and delivery_id = any($2) order by delivery_id, n";
    let mut by_delivery: HashMap<Uuid, Vec<Attempt>> = HashMap::new();
    for attempt in tx.all::<Attempt>(sql, [ids.into()]).await? {
        by_delivery.entry(attempt.delivery_id).or_default().push(attempt);
    }
    Ok(by_delivery)
}

impl Row {
    fn delivery(self, attempts: Vec<Attempt>) -> Result<Delivery, DataError> {
        let wrong = || DataError::Corrupt(format!("webhook_deliveries.state is '{}'", self.state));
        Ok(Delivery {
            id: self.id.into(),
            seq: self.seq,
            state: self.state.parse().map_err(|_| wrong())?,
            kind: self.kind,
            body: Some(self.body),
            next_at: self.next_at,
            created_at: self.created_at,
            attempts,
        })
    }
}
