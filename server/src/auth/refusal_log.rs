//! The record of what was refused: written beside the answer, not before it, and of each actor only so much a minute, so
//! that nobody fills it by asking for what they may not see.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use db::audit::{self, Attempt};
use db::{Access, DataError, Db};
use domain::ids::{TenantId, UserId};
use domain::permission::Permission;
use serde_json::{Value, json};

/// Refusals of one actor that are recorded in a minute.
const A_MINUTE: u32 = 30;
/// How long after a refusal it is recorded.
const AFTER: Duration = Duration::from_millis(20);
/// Actors that are counted in a minute.
const MOST: usize = 100_000;

/// Counts what each actor was refused.
#[derive(Default)]
pub struct RefusalLog {
    minute: Mutex<Minute>,
    // Entries of one chain wait for each other. Where they wait here, they hold no connection meanwhile: a crowd that
    // mistypes its passwords leaves those of the pool to everybody else, however slow the disk is.
    turn: Arc<tokio::sync::Mutex<()>>,
}

// What was refused since its beginning, by actor. Whoever is new when it is full is not counted, and not recorded.
struct Minute {
    began: Instant,
    counts: HashMap<String, u32>,
}

impl Default for Minute {
    fn default() -> Self {
        Self { began: Instant::now(), counts: HashMap::new() }
    }
}

impl RefusalLog {
    /// A member or a key was refused `asked` (a method and a path), in whose tenant it is known.
    pub fn of_access(&self, access: &Access, asked: &str, details: Value) {
        if let Some(details) = self.counted(&format!("{} {}", access.tenant(), access.actor()), details) {
            let (access, asked) = (access.clone(), asked.to_owned());
            self.write(async move { record(&access, &asked, details).await });
        }
    }

    /// Somebody was refused something that no tenant's record is the place for, or every tenant's of `person`.
    pub fn of_person(&self, db: &Db, person: Option<UserId>, attempt: Attempt) {
        let who = format!("{} {:?}", attempt.actor, attempt.origin.address);
        if let Some(details) = self.counted(&who, attempt.details.clone()) {
            let (db, attempt) = (db.clone(), Attempt { details, ..attempt });
            self.write(async move { audit::of_person(&db, person, &attempt).await });
        }
    }

    /// Somebody was refused something that concerns one tenant, who has no place there.
    pub fn in_tenant(&self, db: &Db, tenant: TenantId, attempt: Attempt) {
        let who = format!("{tenant} {:?}", attempt.origin.address);
        if let Some(details) = self.counted(&who, attempt.details.clone()) {
            let (db, attempt) = (db.clone(), Attempt { details, ..attempt });
            self.write(async move { audit::in_tenants(&db, &[tenant], &attempt).await });
        }
    }

    // One after the other, and when the answer is out: how much there is to record depends on who was refused, and on a
    // busy machine that could be told by the clock.
    fn write(&self, recording: impl Future<Output = Result<(), DataError>> + Send + 'static) {
        let turn = Arc::clone(&self.turn);
        tokio::spawn(async move {
            tokio::time::sleep(AFTER).await;
            let _turn = turn.lock().await;
            if let Err(error) = recording.await {
                tracing::error!(%error, "a refusal could not be recorded");
            }
        });
    }

    // The last one of a minute says that it is the last.
    fn counted(&self, who: &str, mut details: Value) -> Option<Value> {
        let count = self.minute.lock().unwrap_or_else(PoisonError::into_inner).count(who);
        if count == A_MINUTE {
            details["note"] = json!("more of this minute is not recorded");
        }
        (count <= A_MINUTE).then_some(details)
    }
}

impl Minute {
    fn count(&mut self, who: &str) -> u32 {
        if self.began.elapsed() >= Duration::from_secs(60) {
            *self = Self::default();
        }
        if self.counts.len() >= MOST && !self.counts.contains_key(who) {
            return u32::MAX;
        }
        let count = self.counts.entry(who.to_owned()).or_default();
        *count = count.saturating_add(1);
        *count
    }
}

async fn record(access: &Access, asked: &str, details: Value) -> Result<(), DataError> {
    // Recording is the server's business: whoever was refused needs no right for it.
    let scope = access.for_the_record().scope(Permission::ReadAudit)?;
    audit::record(&scope, "access.refuse", asked, details).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_each_actor_only_so_much_is_recorded() {
        let log = RefusalLog::default();
        let recorded = (0..100).filter_map(|_| log.counted("a", json!({"needs": "x"}))).collect::<Vec<_>>();
        assert_eq!(recorded.len(), 30);
        assert!(recorded[29]["note"].is_string() && recorded[28]["note"].is_null());
        assert!(log.counted("b", json!({})).is_some());
    }
}
