//! Where chains end: by their entries, by their head, by their anchors and by their seal. The app writes none of these; they
//! agree, or something was taken away.

use chrono::{DateTime, Utc};
use domain::ids::TenantId;
use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::error::DataError;
use crate::platform::{Platform, PlatformTx};
use crate::scope::Scope;

/// Where the chain of an erased tenant ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// The tenant's name in addresses.
    pub slug: String,
    /// Entries that there were.
    pub seq: i64,
    /// The hash of the last, in hexadecimal digits.
    pub head: String,
    /// When the tenant was gone; none while it is being erased.
    pub sealed_at: Option<DateTime<Utc>>,
    /// When its deletion was requested.
    pub asked_at: DateTime<Utc>,
    /// By whom.
    pub actor: String,
    /// Why.
    pub reason: Option<String>,
    /// Whether the time of the request was over when it began.
    pub was_due: bool,
}

/// The chain of a tenant, or of the installation.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Chain {
    id: Uuid,
    slug: Option<String>,
}

impl Chain {
    /// Whose it is; nil for the installation.
    pub const fn tenant(&self) -> TenantId {
        TenantId(self.id)
    }

    /// The slug of the tenant, also of an erased one; none where only entries are left.
    pub fn slug(&self) -> Option<&str> {
        self.slug.as_deref()
    }
}

/// Every chain of which anything is known: by its tenant, its entries, its head, its anchors or its seal. The installation's
/// comes first.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn chains(platform: &Platform) -> Result<Vec<Chain>, DataError> {
    // SQL: one step of the index for each tenant that has entries, however many those are.
    let sql = "with recursive owner (id) as ( \
          (select tenant_id from audit_entries order by tenant_id limit 1) union all \
          select (select e.tenant_id from audit_entries e where e.tenant_id > o.id order by e.tenant_id limit 1) \
          from owner o where o.id is not null) \
        select c.id, coalesce(t.slug, s.slug) as slug from (select id from owner where id is not null union select tenant_id from audit_heads \
          union select chain from audit_anchors union select chain from audit_seals \
          union select tenant from deletion_requests union select id from tenants union select $1) c (id) \
        left join tenants t on t.id = c.id left join audit_seals s on s.chain = c.id \
        order by c.id <> $1, (t.id is null), coalesce(t.slug, s.slug), c.id";
    let tx = platform.begin().await?;
    let found = tx.all(sql, [PlatformTx::NIL.0.into()]).await?;
    tx.commit().await?;
    Ok(found)
}

/// Chains whose end disagrees with their anchors, without walking along them.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn torn(platform: &Platform) -> Result<i64, DataError> {
    // SQL: compares the ends of all chains in one statement.
    let sql = "select count(*) from (select id from tenants union select chain from audit_anchors union select $1) c (id) \
        left join audit_heads h on h.tenant_id = c.id \
        left join lateral (select max(a.seq) as seq from audit_anchors a where a.chain = c.id) a on true \
        where not exists (select from audit_seals s where s.chain = c.id) and (a.seq is null or a.seq > coalesce(h.seq, 0))";
    let tx = platform.begin().await?;
    let found = tx.scalar(sql, [PlatformTx::NIL.0.into()]).await?.unwrap_or_default();
    tx.commit().await?;
    Ok(found)
}

/// The ends of one chain, as one statement sees them.
#[derive(Debug)]
pub(super) struct Ends {
    // Of its head, if there is one.
    pub seq: Option<i64>,
    pub hash: Option<Vec<u8>>,
    // Of its last entry.
    pub last: Option<i64>,
    // Of its last anchor.
    pub anchored: Option<i64>,
    // Whether its tenant exists.
    pub is_there: bool,
    pub seal: Option<Seal>,
}

#[derive(FromQueryResult)]
struct Row {
    seq: Option<i64>,
    hash: Option<Vec<u8>>,
    last: Option<i64>,
    anchored: Option<i64>,
    is_there: bool,
    sealed_slug: Option<String>,
    sealed_seq: Option<i64>,
    sealed_hash: Option<Vec<u8>>,
    sealed_at: Option<DateTime<Utc>>,
    asked_at: Option<DateTime<Utc>>,
    actor: Option<String>,
    reason: Option<String>,
    was_due: Option<bool>,
}

impl Ends {
    pub(super) async fn read(scope: &Scope) -> Result<Self, DataError> {
        // SQL: all ends as of one moment, or an entry that comes meanwhile would look like a fault.
        let sql = "select h.seq, h.hash, (select max(e.seq) from audit_entries e where e.tenant_id = $1) as last, \
              (select max(a.seq) from audit_anchors a where a.chain = $1) as anchored, \
              exists (select from tenants t where t.id = $1) as is_there, s.slug as sealed_slug, s.seq as sealed_seq, \
              s.hash as sealed_hash, s.sealed_at, s.asked_at, s.actor, s.reason, \
              s.began_at >= s.due_at and exists (select from deletion_requests r \
                where r.tenant = $1 and r.asked_at = s.asked_at and r.days is not null) as was_due \
            from (select 1) one left join audit_heads h on h.tenant_id = $1 left join audit_seals s on s.chain = $1";
        let tx = scope.begin().await?;
        let row: Option<Row> = tx.one(sql, []).await?;
        tx.end();
        let row = row.ok_or_else(|| DataError::Corrupt("a chain has no ends".into()))?;
        Ok(Self {
            seal: row.seal(),
            seq: row.seq,
            hash: row.hash,
            last: row.last,
            anchored: row.anchored,
            is_there: row.is_there,
        })
    }

    /// The last place of which anything is known.
    pub(super) fn furthest(&self) -> i64 {
        [self.seq, self.last, self.anchored].into_iter().flatten().max().unwrap_or_default()
    }
}

impl Row {
    fn seal(&self) -> Option<Seal> {
        Some(Seal {
            slug: self.sealed_slug.clone()?,
            seq: self.sealed_seq?,
            head: hex::encode(self.sealed_hash.as_ref()?),
            sealed_at: self.sealed_at,
            asked_at: self.asked_at?,
            actor: self.actor.clone()?,
            reason: self.reason.clone(),
            was_due: self.was_due.unwrap_or_default(),
        })
    }
}
