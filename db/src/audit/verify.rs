//! Walking along a chain: every entry must be there, and must be what it was when it was written. What is hashed is put
//! together here once more, not by the database whose honesty is in question.

use chrono::{DateTime, Utc};
use domain::ids::TenantId;
use sea_orm::FromQueryResult;
use sha2::{Digest, Sha256};
use uuid::Uuid;

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
struct Head {
    seq: i64,
    hash: Vec<u8>,
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
}

/// Walks the chain of the scope's tenant up to where it ends now.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn verify(scope: &Scope) -> Result<Walk, DataError> {
    let tx = scope.begin().await?;
    let head: Option<Head> = tx.one("select seq, hash from audit_heads where tenant_id = $1", []).await?;
    tx.end();
    let head = head.unwrap_or(Head { seq: 0, hash: vec![0; 32] });
    let (mut sound, mut hash) = (0, vec![0_u8; 32]);
    let broken = loop {
        let links = read(scope, sound, head.seq).await?;
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
    let broken = broken.or_else(|| end(&head, sound, &hash));
    Ok(Walk { sound, head: hash.iter().map(|b| format!("{b:02x}")).collect(), broken })
}

async fn read(scope: &Scope, after: i64, upto: i64) -> Result<Vec<Link>, DataError> {
    let sql = format!(
        "select seq, id, at, actor, via, action, subject, before::text as before, after::text as after, request_id, address, hash \
         from audit_entries where tenant_id = $1 and seq > $2 and seq <= $3 order by seq limit {BATCH}"
    );
    let tx = scope.begin().await?;
    let links = tx.all(&sql, [after.into(), upto.into()]).await?;
    tx.end();
    Ok(links)
}

fn check(tenant: TenantId, link: &Link, last: i64, hash: &[u8]) -> Option<Broken> {
    if link.seq != last + 1 {
        // What is missing has no time; what stands there twice has one.
        let words = if link.seq > last { "is missing" } else { "stands there twice" };
        return Some(Broken { seq: last + 1, at: None, words });
    }
    let is_sound = Sha256::new().chain_update(hash).chain_update(text(tenant, link)).finalize()[..] == link.hash[..];
    (!is_sound).then_some(Broken { seq: link.seq, at: Some(link.at), words: "is not what was written" })
}

fn end(head: &Head, sound: i64, hash: &[u8]) -> Option<Broken> {
    if sound < head.seq {
        return Some(Broken { seq: sound + 1, at: None, words: "is missing" });
    }
    (head.hash != hash).then_some(Broken { seq: head.seq, at: None, words: "is not the end that was kept" })
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
