//! The webhooks of a tenant, without their secrets.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::feed::EventKind;
use domain::ids::{StoreId, WebhookId};
use domain::permission::Permission;
use domain::webhooks::{Wanted, WebhookState};
use sea_orm::{ColumnTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

use crate::entities::{TenantQueries, store, webhook};
use crate::error::DataError;
use crate::people::makers::Makers;
use crate::scope::{Scope, Tx};

/// Most webhooks that a list shows.
const SHOWN: u64 = 500;

/// A webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Its id.
    pub id: WebhookId,
    /// Where events are sent.
    pub url: String,
    /// What it is for.
    pub description: String,
    /// Which events.
    pub wanted: Wanted,
    /// The name of its only store.
    pub store: Option<String>,
    /// How it stands.
    pub state: WebhookState,
    /// Why it was switched off.
    pub reason: Option<String>,
    /// Until when its former secret signs as well.
    pub former_until: Option<DateTime<Utc>>,
    /// Since when no attempt went well.
    pub failing_since: Option<DateTime<Utc>>,
    /// The last attempt.
    pub last_at: Option<DateTime<Utc>>,
    /// Whether that went well.
    pub last_ok: Option<bool>,
    /// Events of the feed that were not looked at for it yet.
    pub behind: i64,
    /// Deliveries that wait; a hundred at most are counted.
    pub waiting: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// The address of the person who made it; none for accounts that are gone.
    pub maker: Option<String>,
    /// Whether a person made it who could not make it now: they left, or may do less.
    pub is_orphan: bool,
}

/// All of them, the newest first; the first 500. Four statements at any size.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn list(scope: &Scope) -> Result<Vec<Webhook>, DataError> {
    let tx = scope.begin().await?;
    let webhooks = tx.find::<webhook::Entity>().order_by_desc(webhook::Column::CreatedAt);
    let rows = rows(&tx, webhooks.order_by_asc(webhook::Column::Id).limit(SHOWN)).await?;
    tx.end();
    Ok(rows)
}

/// One webhook.
///
/// # Errors
/// [`DataError::NotFound`] for one that is not the tenant's.
pub async fn show(scope: &Scope, id: WebhookId) -> Result<Webhook, DataError> {
    let tx = scope.begin().await?;
    let found = rows(&tx, tx.find::<webhook::Entity>().filter(webhook::Column::Id.eq(id.0))).await?;
    tx.end();
    found.into_iter().next().ok_or(DataError::NotFound("webhook"))
}

// With the names of their stores, with who made them, and with what they still have to send.
async fn rows(tx: &Tx, webhooks: Select<webhook::Entity>) -> Result<Vec<Webhook>, DataError> {
    let webhooks = webhooks.find_also_related(store::Entity).all(tx.conn()).await?;
    let makers = Makers::load(tx, webhooks.iter().map(|(webhook, _)| webhook.created_by.as_str())).await?;
    let backlogs = backlogs(tx, webhooks.iter().map(|(webhook, _)| webhook.id).collect()).await?;
    let now = tx.scope().now();
    let row = |(webhook, store)| Webhook::of(webhook, store, &makers, &backlogs, now);
    webhooks.into_iter().map(row).collect()
}

#[derive(FromQueryResult)]
struct Backlog {
    id: Uuid,
    behind: i64,
    waiting: i64,
}

async fn backlogs(tx: &Tx, ids: Vec<Uuid>) -> Result<HashMap<Uuid, Backlog>, DataError> {
    // SQL: the deliveries of each webhook are counted up to a limit of its own, through `webhook_deliveries_open`.
    let sql = "select w.id, \
          greatest(coalesce((select h.last_seq from feed_heads h where h.tenant_id = $1), 0) - w.read_seq, 0) as behind, \
          (select count(*) from (select from webhook_deliveries d where d.tenant_id = $1 and d.webhook_id = w.id \
            and d.state = 'waiting' limit 100) d) as waiting \
        from webhooks w where w.tenant_id = $1 and w.id = any($2)";
    let found: Vec<Backlog> = tx.all(sql, [ids.into()]).await?;
    Ok(found.into_iter().map(|backlog| (backlog.id, backlog)).collect())
}

impl Webhook {
    fn of(
        row: webhook::Model,
        store: Option<store::Model>,
        makers: &Makers,
        backlogs: &HashMap<Uuid, Backlog>,
        now: DateTime<Utc>,
    ) -> Result<Self, DataError> {
        let wanted = wanted(&row.kinds, row.store_id);
        let (behind, waiting) = backlogs.get(&row.id).map_or((0, 0), |backlog| (backlog.behind, backlog.waiting));
        Ok(Self {
            id: row.id.into(),
            maker: makers.email(&row.created_by),
            is_orphan: !makers.could(&row.created_by, Permission::ManageKeys, &wanted.rights())?,
            url: row.url,
            description: row.description,
            wanted,
            store: store.map(|store| store.name),
            state: *row.state,
            reason: row.reason,
            former_until: row.old_until.filter(|until| *until > now),
            failing_since: row.failing_since,
            last_at: row.last_at,
            last_ok: row.last_ok,
            behind,
            waiting,
            created_at: row.created_at,
        })
    }
}

pub(super) fn wanted(kinds: &[String], store: Option<Uuid>) -> Wanted {
    let mut known: Vec<EventKind> = kinds.iter().filter_map(|kind| kind.parse().ok()).collect();
    // Kinds that only another version knows are not all kinds: no event of the feed is a gap.
    if known.is_empty() && !kinds.is_empty() {
        known.push(EventKind::Gap);
    }
    Wanted { kinds: known, store: store.map(StoreId) }
}
