//! The webhooks of a tenant, without their secrets.

use chrono::{DateTime, Utc};
use domain::feed::EventKind;
use domain::ids::{StoreId, WebhookId};
use domain::permission::Permission;
use domain::webhooks::{Wanted, WebhookState};
use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::error::DataError;
use crate::people::maker::{MAKER, Maker, joins};
use crate::scope::{Scope, Tx};

/// Most webhooks that a list shows.
const SHOWN: i64 = 500;

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

/// All of them, the newest first; the first 500. One statement.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn list(scope: &Scope) -> Result<Vec<Webhook>, DataError> {
    let tx = scope.begin().await?;
    let sql = format!("{} where w.tenant_id = $1 order by w.created_at desc, w.id limit $2", select());
    let rows: Vec<Row> = tx.all(&sql, [SHOWN.into()]).await?;
    tx.end();
    let now = scope.now();
    rows.into_iter().map(|row| row.webhook(now)).collect()
}

/// One webhook.
///
/// # Errors
/// [`DataError::NotFound`] for one that is not the tenant's.
pub async fn show(scope: &Scope, id: WebhookId) -> Result<Webhook, DataError> {
    let tx = scope.begin().await?;
    let found = read(&tx, id).await?;
    tx.end();
    Ok(found)
}

pub(super) async fn read(tx: &Tx, id: WebhookId) -> Result<Webhook, DataError> {
    let row: Option<Row> = tx.one(&format!("{} where w.tenant_id = $1 and w.id = $2", select()), [id.0.into()]).await?;
    row.ok_or(DataError::NotFound("webhook"))?.webhook(tx.scope().now())
}

fn select() -> String {
    format!(
        "select w.id, w.url, w.description, w.kinds, w.store_id, s.name store, w.state, w.reason, w.old_until, \
      w.failing_since, w.last_at, w.last_ok, w.created_at, {MAKER}, \
      greatest(coalesce((select h.last_seq from feed_heads h where h.tenant_id = w.tenant_id), 0) - w.read_seq, 0) as behind, \
      (select count(*) from (select from webhook_deliveries d where d.tenant_id = w.tenant_id and d.webhook_id = w.id \
        and d.state = 'waiting' limit 100) d) as waiting \
    from webhooks w left join stores s on s.tenant_id = w.tenant_id and s.id = w.store_id {}",
        joins("w", "created_by")
    )
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    url: String,
    description: String,
    kinds: Vec<String>,
    store_id: Option<Uuid>,
    store: Option<String>,
    state: String,
    reason: Option<String>,
    old_until: Option<DateTime<Utc>>,
    failing_since: Option<DateTime<Utc>>,
    last_at: Option<DateTime<Utc>>,
    last_ok: Option<bool>,
    created_at: DateTime<Utc>,
    behind: i64,
    waiting: i64,
    #[sea_orm(nested)]
    maker: Maker,
}

impl Row {
    fn webhook(self, now: DateTime<Utc>) -> Result<Webhook, DataError> {
        let wanted = wanted(&self.kinds, self.store_id);
        Ok(Webhook {
            id: self.id.into(),
            maker: self.maker.email(),
            is_orphan: !self.maker.could(Permission::ManageKeys, &wanted.rights())?,
            url: self.url,
            description: self.description,
            wanted,
            store: self.store,
            state: self.state.parse().map_err(|_| DataError::Corrupt(format!("webhooks.state is '{}'", self.state)))?,
            reason: self.reason,
            former_until: self.old_until.filter(|until| *until > now),
            failing_since: self.failing_since,
            last_at: self.last_at,
            last_ok: self.last_ok,
            behind: self.behind,
            waiting: self.waiting,
            created_at: self.created_at,
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
