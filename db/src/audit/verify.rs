//! Walking along a chain: every entry must be there, and must be what it was when it was written. What is hashed is put
//! together here once more, not by the database whose honesty is in question.

use chrono::{DateTime, Utc};
use domain::ids::TenantId;
use sea_orm::FromQueryResult;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::ends::{Ends, Seal};
use crate::error::DataError;
use crate::scope::Scope;

const BATCH: i64 = 5_000;

/// What a walk found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Walk {
    /// Entries that are as they were.
    pub sound: i64,
    /// The hash of the last of them, in hexadecimal digits. Kept elsewhere, it proves that a later chain is this one gone on.
    pub head: String,
    /// Where the chain breaks, if it does.
    pub broken: Option<Broken>,
    /// For the chain of an erased tenant: where it ended. There is nothing left to walk along.
    pub seal: Option<Seal>,
}

/// The first entry that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Its place in the chain.
    pub seq: i64,
    /// When it was written, where that is known.
    pub at: Option<DateTime<Utc>>,
    /// What is wrong.
    pub words: &'static str,
}

#[derive(FromQueryResult)]
struct Link {
    seq: i64,
    id: Uuid,
    at: DateTime<Utc>,
    actor: String,
    via: String,
    action: String,
    subject: String,
    before: Option<String>,
    after: Option<String>,
    request_id: Option<String>,
    address: Option<String>,
    hash: Vec<u8>,
    anchored: Option<Vec<u8>>,
}

/// Walks the chain of the scope's tenant up to where it ends now, past every anchor.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn verify(scope: &Scope) -> Result<Walk, DataError> {
    let ends = Ends::read(scope).await?;
    if let Some(seal) = &ends.seal {
        return Ok(sealed(&ends, seal));
    }
    let (mut sound, mut hash) = (0, vec![0_u8; 32]);
    let broken = loop {
        let links = read(scope, sound, ends.furthest()).await?;
        let full = links.len() as i64 == BATCH;
        let fault = links.iter().find_map(|link| match check(scope.tenant(), link, sound, &hash) {
            None => {
                (sound, hash) = (link.seq, link.hash.clone());
                None
            }
            fault => fault,
        });
        if fault.is_some() || !full {
            break fault;
        }
    };
    let broken = broken.or_else(|| end(&ends, sound, &hash));
    if broken.is_some() {
        // Erased while we walked: then what is missing is meant to be.
        let now = Ends::read(scope).await?;
        if let Some(seal) = &now.seal {
            return Ok(sealed(&now, seal));
        }
    }
    Ok(Walk { sound, head: hex::encode(hash), broken, seal: None })
}

/// Whether the chain of the scope's tenant holds at `seq` the hash `head` (hexadecimal digits), which was kept elsewhere. A
/// sealed chain is accepted up to its seal.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn continues(scope: &Scope, seq: i64, head: &str) -> Result<bool, DataError> {
    if seq == 0 {
        return Ok(true);
    }
    // SQL: entries and seals as of one moment, or a chain that is sealed meanwhile would look broken.
    let sql = "select exists (select from audit_entries where tenant_id = $1 and seq = $2 and encode(hash, 'hex') = $3) \
               or exists (select from audit_seals where chain = $1 and (seq > $2 or (seq = $2 and encode(hash, 'hex') = $3)))";
    let tx = scope.begin().await?;
    let is_held: bool = tx.scalar(sql, [seq.into(), head.into()]).await?.unwrap_or_default();
    tx.end();
    Ok(is_held)
}

/// Anchors where the chain of the scope's tenant ends now.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn anchor(scope: &Scope) -> Result<(), DataError> {
    let tx = scope.begin().await?;
    // SQL: a function of the database, which alone may anchor.
    tx.run("select stoa_audit_anchor($1)", []).await?;
    tx.commit().await
}

async fn read(scope: &Scope, after: i64, upto: i64) -> Result<Vec<Link>, DataError> {
    // SQL: `before` and `after` as the text that was hashed.
    let sql = format!(
        "select e.seq, e.id, e.at, e.actor, e.via, e.action, e.subject, e.before::text as before, e.after::text as after, \
           e.request_id, e.address, e.hash, a.hash as anchored \
         from audit_entries e left join audit_anchors a on a.chain = e.tenant_id and a.seq = e.seq \
         where e.tenant_id = $1 and e.seq > $2 and e.seq <= $3 order by e.seq limit {BATCH}"
    );
    let tx = scope.begin().await?;
    let links = tx.all(&sql, [after.into(), upto.into()]).await?;
    tx.end();
    Ok(links)
}

fn check(tenant: TenantId, link: &Link, last: i64, hash: &[u8]) -> Option<Broken> {
    if link.seq != last + 1 {
        // What is missing has no time; what stands there twice has one.
        let words = if link.seq > last { "is missing" } else { "appears twice" };
        return Some(Broken { seq: last + 1, at: None, words });
    }
    let is_sound = Sha256::new().chain_update(hash).chain_update(text(tenant, link)).finalize()[..] == link.hash[..];
    let words = match &link.anchored {
        _ if !is_sound => "was modified",
        Some(anchored) if *anchored != link.hash => "differs from its anchor",
        _ => return None,
    };
    Some(Broken { seq: link.seq, at: Some(link.at), words })
}

fn end(ends: &Ends, sound: i64, hash: &[u8]) -> Option<Broken> {
    let broken = |seq, words| Some(Broken { seq, at: None, words });
    let Some(anchored) = ends.anchored else { return broken(sound + 1, "has no anchor: an entry is missing") };
    if sound < ends.seq.unwrap_or(0).max(anchored) {
        return broken(sound + 1, "is missing");
    }
    match (ends.seq, &ends.hash) {
        (Some(seq), _) if sound > seq => broken(seq + 1, "comes after the recorded end"),
        (Some(seq), Some(kept)) if kept != hash => broken(seq, "differs from the recorded end"),
        (None, _) if sound > 0 => broken(sound, "has lost its end"),
        _ => None,
    }
}

// The chain of a tenant that is being erased, or was.
fn sealed(ends: &Ends, seal: &Seal) -> Walk {
    let words = match (seal.sealed_at, ends.is_there) {
        _ if !seal.was_due => Some("was deleted too early"),
        (Some(_), true) => Some("was sealed, but its tenant exists"),
        (Some(_), false) if ends.seq.is_some() || ends.last.is_some() => Some("comes after the sealed end"),
        (None, false) => Some("was deleted without a seal"),
        _ => None,
    };
    let broken = words.map(|words| Broken { seq: seal.seq, at: None, words });
    Walk { sound: seal.seq, head: seal.head.clone(), broken, seal: Some(seal.clone()) }
}

// As `stoa_audit_text` has it.
fn text(tenant: TenantId, link: &Link) -> String {
    let known = [
        tenant.to_string(),
        link.seq.to_string(),
        link.at.timestamp_micros().to_string(),
        link.id.to_string(),
        link.actor.clone(),
        link.via.clone(),
        link.action.clone(),
        link.subject.clone(),
    ];
    let optional = [&link.before, &link.after, &link.request_id, &link.address];
    let parts = known.iter().map(Some).chain(optional.into_iter().map(Option::as_ref));
    let framed = parts.map(|part| part.map_or_else(|| "-".to_owned(), |text| format!("{}:{text}", text.len())));
    framed.collect::<Vec<_>>().join(",")
}
