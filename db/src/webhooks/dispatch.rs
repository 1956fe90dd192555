//! From the feed to deliveries: what each webhook wants of the next events, once, in order, and nothing passed over in
//! silence. Rows of webhooks are locked first, so of two who dispatch for a tenant one waits and finds nothing left.

use std::collections::HashMap;

use chrono::{DateTime, SecondsFormat, Utc};
use domain::feed::EventKind;
use domain::ids::{DeliveryId, StoreId, TenantId, WebhookId};
use domain::webhooks::{Wanted, WebhookState};
use sea_orm::{ColumnTrait, DerivePartialModel, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::list::wanted;
use super::send::delivering;
use super::{QUEUE, message_id};
use crate::entities::text::Text;
use crate::entities::{SharedQueries, TenantQueries, extras, feed_event, tenant, webhook};
use crate::error::DataError;
use crate::platform::Platform;
use crate::queue::{self, NewJob};
use crate::scope::{Scope, Tx};

/// The job that dispatches for one tenant.
pub const DISPATCH: &str = "dispatch_webhooks";

/// What one round came to.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Dispatched {
    /// Deliveries that were made.
    pub made: u64,
    /// Deliveries that were due and nobody had taken.
    pub found: u64,
    /// Whether there is more to do.
    pub goes_on: bool,
}

#[derive(FromQueryResult)]
struct BehindRow {
    tenant_id: Uuid,
}

/// The job itself; a tenant has one at a time.
pub fn dispatching() -> NewJob {
    NewJob { key: Some("feed".to_owned()), queue: QUEUE, ..NewJob::new(DISPATCH, json!({})) }
}

/// The same, which also takes up deliveries that were due long ago and that nobody works on.
pub fn catching_up() -> NewJob {
    NewJob { key: Some("overdue".to_owned()), queue: QUEUE, ..NewJob::new(DISPATCH, json!({"overdue": true})) }
}

/// Tenants, of `tenants` or of all, with a live webhook that lies behind its feed, or with a delivery that was due before
/// `due` and that nobody took. Those that are suspended are not among them. Index: `webhooks_live`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn behind(
    platform: &Platform,
    tenants: Option<&[TenantId]>,
    due: DateTime<Utc>,
) -> Result<Vec<TenantId>, DataError> {
    let tenants: Option<Vec<Uuid>> = tenants.map(|tenants| tenants.iter().map(|tenant| tenant.0).collect());
    let tx = platform.begin().await?;
    // SQL: a function of the database looks into all tenants.
    let sql = "select tenant_id from stoa_webhooks_behind($1, $2)";
    let rows: Vec<BehindRow> = tx.all(sql, [tenants.into(), due.into()]).await?;
    tx.commit().await?;
    Ok(rows.into_iter().map(|row| row.tenant_id.into()).collect())
}

/// Reads on in the feed for the tenant's live webhooks and writes up to `most` deliveries, together with the jobs that
/// send them. With `overdue` it takes up as many deliveries that were due before then and that nobody works on. Does nothing
/// for a tenant that is suspended. Eight statements at most, whatever the events.
///
/// # Errors
/// When PostgreSQL fails; then nothing was written or moved on.
pub async fn dispatch(scope: &Scope, most: i64, overdue: Option<DateTime<Utc>>) -> Result<Dispatched, DataError> {
    let tx = scope.begin().await?;
    let Some(slug) = open_slug(&tx).await? else {
        tx.end();
        return Ok(Dispatched::default());
    };
    let mut readers = readers(&tx).await?;
    // Not before the rows are held: whoever held them before may have read further.
    let head = crate::feed::head(&tx).await?;
    readers.retain(|reader| reader.read_seq != head);
    let found = match overdue {
        Some(due) => forgotten(&tx, due, most).await?,
        None => Vec::new(),
    };
    let mut round = Round { slug: &slug, tx: &tx, deliveries: Vec::new(), read: HashMap::new() };
    // So many deliveries at once, however many want each event.
    let share = most / i64::try_from(readers.len().max(1)).unwrap_or(i64::MAX);
    round.read_on(&readers, head, share.max(1)).await?;
    let (deliveries, read) = (round.deliveries, round.read);
    move_on(&tx, &read).await?;
    store(&tx, &deliveries).await?;
    let jobs: Vec<NewJob> = deliveries.iter().map(|d| d.id).chain(found.iter().copied()).map(delivering).collect();
    queue::enqueue_all(&tx, &jobs).await?;
    tx.commit().await?;
    let is_behind = !read.is_empty() && readers.iter().any(|reader| read.get(&reader.id).is_none_or(|seq| *seq < head));
    let many = usize::try_from(most).unwrap_or(usize::MAX);
    Ok(Dispatched {
        made: deliveries.len() as u64,
        found: found.len() as u64,
        goes_on: is_behind || found.len() >= many,
    })
}

#[derive(DerivePartialModel)]
#[sea_orm(entity = "webhook::Entity")]
struct Reader {
    id: Uuid,
    kinds: Vec<String>,
    store_id: Option<Uuid>,
    read_seq: i64,
}

#[derive(FromQueryResult)]
struct Found {
    id: Uuid,
}

struct NewDelivery {
    id: DeliveryId,
    webhook: Uuid,
    // 0 where there is none.
    seq: i64,
    kind: String,
    body: String,
}

// What is sent, as receivers know it: the order of the fields is theirs to read.
#[derive(Serialize)]
struct Message<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    created_at: String,
    tenant: &'a str,
    seq: Option<i64>,
    data: &'a Value,
}

// The live webhooks, locked.
async fn readers(tx: &Tx) -> Result<Vec<Reader>, DataError> {
    let live = tx
        .find::<webhook::Entity>()
        .filter(extras::is(webhook::Column::State, Text(WebhookState::Live)))
        .order_by_asc(webhook::Column::Id)
        .lock_exclusive();
    Ok(live.into_partial_model().all(tx.conn()).await?)
}

struct Round<'a> {
    slug: &'a str,
    tx: &'a Tx,
    deliveries: Vec<NewDelivery>,
    read: HashMap<Uuid, i64>,
}

impl Round<'_> {
    async fn read_on(&mut self, readers: &[Reader], head: i64, limit: i64) -> Result<(), DataError> {
        // A place that is yet to come belongs to a history that was lost, as by a restore.
        for reader in readers.iter().filter(|reader| reader.read_seq > head) {
            self.gap(reader, head);
            self.read.insert(reader.id, head);
        }
        let Some(from) = readers.iter().map(|reader| reader.read_seq).filter(|seq| *seq < head).min() else {
            return Ok(());
        };
        let events = self.tx.find::<feed_event::Entity>().filter(feed_event::Column::Seq.gt(from));
        let events = events.order_by_asc(feed_event::Column::Seq).limit(limit.unsigned_abs());
        let events = events.all(self.tx.conn()).await?;
        let Some(last) = events.last().map(|event| event.seq) else { return Ok(()) };
        for reader in readers.iter().filter(|reader| reader.read_seq < last && reader.read_seq < head) {
            self.tell(reader, &events);
            self.read.insert(reader.id, last);
        }
        Ok(())
    }

    // The feed has no holes, so what lies between its first event and the place was forgotten.
    fn tell(&mut self, reader: &Reader, events: &[feed_event::Model]) {
        let wanted: Wanted = wanted(&reader.kinds, reader.store_id);
        let mut next = events.iter().skip_while(|event| event.seq <= reader.read_seq).peekable();
        if let Some(first) = next.peek().filter(|first| first.seq > reader.read_seq + 1) {
            self.gap(reader, first.seq - 1);
        }
        for event in next.filter(|event| wanted.has(&event.kind, event.store_id.map(StoreId))) {
            self.push(reader.id, event.seq, &event.kind, event.at, &event.data);
        }
    }

    fn gap(&mut self, reader: &Reader, through: i64) {
        self.push(reader.id, 0, EventKind::Gap.as_str(), self.tx.scope().now(), &json!({"missing_through": through}));
    }

    fn push(&mut self, webhook: Uuid, seq: i64, kind: &str, at: DateTime<Utc>, data: &Value) {
        let id: DeliveryId = self.tx.scope().clock().id();
        let body = body(id, kind, at, (self.slug, Some(seq).filter(|seq| *seq > 0)), data);
        self.deliveries.push(NewDelivery { id, webhook, seq, kind: kind.to_owned(), body });
    }
}

/// Writes one delivery that is no event of the feed.
pub(super) async fn put_one(tx: &Tx, webhook: WebhookId, kind: &str, data: &Value) -> Result<DeliveryId, DataError> {
    let slug = open_slug(tx).await?.ok_or_else(|| DataError::Refused("The tenant is suspended.".to_owned()))?;
    let id: DeliveryId = tx.scope().clock().id();
    let body = body(id, kind, tx.scope().now(), (&slug, None), data);
    store(tx, &[NewDelivery { id, webhook: webhook.0, seq: 0, kind: kind.to_owned(), body }]).await?;
    Ok(id)
}

fn body(id: DeliveryId, kind: &str, at: DateTime<Utc>, (tenant, seq): (&str, Option<i64>), data: &Value) -> String {
    let id = message_id(id);
    let created_at = at.to_rfc3339_opts(SecondsFormat::Micros, true);
    serde_json::to_string(&Message { id: &id, kind, created_at, tenant, seq, data }).unwrap_or_default()
}

async fn open_slug(tx: &Tx) -> Result<Option<String>, DataError> {
    let open = tx
        .find_shared::<tenant::Entity>()
        .filter(tenant::Column::Id.eq(tx.tenant_filter().0))
        .filter(tenant::Column::SuspendedAt.is_null());
    Ok(open.select_only().column(tenant::Column::Slug).into_tuple().one(tx.conn()).await?)
}

// Deliveries that are due and that no job is about: their webhook or their tenant rested, or the job was lost.
pub(super) async fn forgotten(tx: &Tx, due: DateTime<Utc>, limit: i64) -> Result<Vec<DeliveryId>, DataError> {
    // SQL: deliveries without a job, which the key of a job names as text.
    let sql = "select d.id from webhooks w join webhook_deliveries d on d.tenant_id = w.tenant_id and d.webhook_id = w.id \
               where w.tenant_id = $1 and w.state = 'live' and d.state = 'waiting' and d.next_at <= $2 \
                 and not exists (select from jobs j where j.tenant_id = $1 and j.kind = $3 and j.key = d.id::text) \
               order by d.created_at, d.id limit $4";
    let values = [due.into(), super::DELIVER.into(), limit.into()];
    let found: Vec<Found> = tx.all(sql, values).await?;
    Ok(found.into_iter().map(|found| found.id.into()).collect())
}

async fn move_on(tx: &Tx, read: &HashMap<Uuid, i64>) -> Result<(), DataError> {
    if read.is_empty() {
        return Ok(());
    }
    let (ids, seqs): (Vec<Uuid>, Vec<i64>) = read.iter().map(|(id, seq)| (*id, *seq)).unzip();
    // SQL: all of them in one statement, each to a position of its own.
    let sql = "update webhooks w set read_seq = r.seq from unnest($2::uuid[], $3::bigint[]) r (id, seq) \
               where w.tenant_id = $1 and w.id = r.id";
    tx.run(sql, [ids.into(), seqs.into()]).await.map(drop)
}

async fn store(tx: &Tx, deliveries: &[NewDelivery]) -> Result<(), DataError> {
    if deliveries.is_empty() {
        return Ok(());
    }
    // SQL: any number of deliveries in one statement; those that are there already are left out.
    let sql = "insert into webhook_deliveries (tenant_id, id, webhook_id, seq, kind, body, next_at, created_at) \
               select $1, d.id, d.webhook_id, nullif(d.seq, 0), d.kind, d.body, $2, $2 \
               from unnest($3::uuid[], $4::uuid[], $5::bigint[], $6::text[], $7::text[]) d (id, webhook_id, seq, kind, body) \
               on conflict (tenant_id, webhook_id, seq) where seq is not null do nothing";
    let values = [
        tx.scope().now().into(),
        deliveries.iter().map(|d| d.id.0).collect::<Vec<_>>().into(),
        deliveries.iter().map(|d| d.webhook).collect::<Vec<_>>().into(),
        deliveries.iter().map(|d| d.seq).collect::<Vec<_>>().into(),
        deliveries.iter().map(|d| d.kind.clone()).collect::<Vec<_>>().into(),
        deliveries.iter().map(|d| d.body.clone()).collect::<Vec<_>>().into(),
    ];
    tx.run(sql, values).await.map(drop)
}
