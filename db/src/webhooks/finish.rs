//! What an attempt came to, written down: the attempt, what it means for the delivery, and what for the webhook.

use chrono::{DateTime, Utc};
use domain::ids::WebhookId;
use domain::webhooks::{FAILED_AT_LEAST, TEST, Verdict, WebhookState, is_hopeless, judge};
use sea_orm::FromQueryResult;
use serde_json::json;

use super::send::Call;
use crate::error::DataError;
use crate::outbox::{self, NewMail};
use crate::scope::{Scope, Tx};

/// What came back.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    /// When it was sent.
    pub at: DateTime<Utc>,
    /// How long it took, in milliseconds.
    pub ms: i32,
    /// The status of the answer.
    pub status: Option<u16>,
    /// The beginning of the answer.
    pub answer: String,
    /// Why there was none.
    pub error: Option<String>,
}

/// What it means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ended {
    /// The receiver has it.
    Delivered,
    /// It is tried again then.
    Again(DateTime<Utc>),
    /// It is not tried again.
    Failed,
    /// Somebody else settled or deleted it meanwhile.
    Superseded,
}

/// A webhook that was switched off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SwitchedOff {
    /// Which one.
    pub webhook: WebhookId,
    /// Where it sent to.
    pub url: String,
    /// Why.
    pub reason: String,
    /// The tenant's name in addresses.
    pub tenant: String,
    /// The addresses of its owners, who are told.
    pub owners: Vec<String>,
}

#[derive(FromQueryResult)]
struct Stand {
    state: String,
    url: String,
    failing_since: Option<DateTime<Utc>>,
}

#[derive(FromQueryResult)]
struct Address {
    email: String,
}

/// Writes down what the attempt `call` came to. `chance` spreads attempts that failed together; `letters` writes to the
/// owners when the webhook is switched off by it.
///
/// # Errors
/// When PostgreSQL fails; then the attempt was as if it had not been, and the receiver is asked again.
pub async fn finish(
    scope: &Scope,
    call: &Call,
    reply: &Reply,
    chance: u64,
    letters: impl FnOnce(&SwitchedOff) -> Vec<NewMail>,
) -> Result<Ended, DataError> {
    let verdict = judge(reply.status, call.tries, call.is_trial, chance);
    let now = scope.now();
    let tx = scope.begin().await?;
    let sql = "select state, url, failing_since from webhooks where tenant_id = $1 and id = $2 for update";
    let webhook: Option<Stand> = tx.one(sql, [call.webhook.0.into()]).await?;
    let sql = "select tries from webhook_deliveries where tenant_id = $1 and id = $2 and state = 'waiting' for update";
    let tries: Option<i16> = tx.scalar(sql, [call.delivery.0.into()]).await?;
    // Sent again by hand meanwhile, or by another worker: what comes of that counts.
    let (Some(webhook), true) = (webhook, tries == Some(call.tries - 1)) else {
        tx.roll_back().await?;
        return Ok(Ended::Superseded);
    };
    note_attempt(&tx, call, reply).await?;
    let ended = settle(&tx, call, verdict, now).await?;
    if !call.is_trial {
        let since = note_health(&tx, call, reply.at, ended == Ended::Delivered, now).await?;
        if webhook.state == WebhookState::Live.as_str()
            && let Some(reason) = reason(&tx, call, verdict, since, now).await?
        {
            switch_off(&tx, call.webhook, &webhook, &reason, letters).await?;
        }
    }
    tx.commit().await?;
    Ok(ended)
}

async fn note_attempt(tx: &Tx, call: &Call, reply: &Reply) -> Result<(), DataError> {
    let sql = "insert into webhook_attempts (tenant_id, delivery_id, n, at, ms, status, answer, error) \
               select $1, $2, coalesce(max(a.n), 0) + 1, $3, $4, $5, $6, $7 from webhook_attempts a \
               where a.tenant_id = $1 and a.delivery_id = $2";
    // PostgreSQL keeps no NUL in a text.
    let plain = |text: &str| text.replace('\0', "\u{fffd}");
    let values = [
        call.delivery.0.into(),
        reply.at.into(),
        reply.ms.into(),
        reply.status.map(|status| i16::try_from(status).unwrap_or(0)).into(),
        plain(&reply.answer).into(),
        reply.error.as_deref().map(plain).into(),
    ];
    tx.run(sql, values).await.map(drop)
}

async fn settle(tx: &Tx, call: &Call, verdict: Verdict, now: DateTime<Utc>) -> Result<Ended, DataError> {
    let (ended, state, next_at) = match verdict {
        Verdict::Delivered => (Ended::Delivered, "delivered", None),
        Verdict::Again(wait) => (Ended::Again(now + wait), "waiting", Some(now + wait)),
        Verdict::Gone | Verdict::Failed => (Ended::Failed, "failed", None),
    };
    let finished_at = next_at.is_none().then_some(now);
    let sql = "update webhook_deliveries set state = $3, tries = $4, next_at = $5, finished_at = $6 where tenant_id = $1 and id = $2";
    tx.run(sql, [call.delivery.0.into(), state.into(), call.tries.into(), next_at.into(), finished_at.into()]).await?;
    Ok(ended)
}

// Since when nothing went well at it.
async fn note_health(
    tx: &Tx,
    call: &Call,
    at: DateTime<Utc>,
    is_good: bool,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, DataError> {
    let sql = "update webhooks set last_at = $3, last_ok = $4, failing_since = case when $4 then null else coalesce(failing_since, $5) end \
               where tenant_id = $1 and id = $2 returning failing_since";
    #[derive(FromQueryResult)]
    struct Since {
        failing_since: Option<DateTime<Utc>>,
    }
    let row: Option<Since> = tx.one(sql, [call.webhook.0.into(), at.into(), is_good.into(), now.into()]).await?;
    Ok(row.and_then(|row| row.failing_since))
}

// Why it is to be switched off, if it is.
async fn reason(
    tx: &Tx,
    call: &Call,
    verdict: Verdict,
    since: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<Option<String>, DataError> {
    if verdict == Verdict::Gone {
        return Ok(Some("The URL responded with status 410 (gone).".to_owned()));
    }
    if !is_hopeless(since, FAILED_AT_LEAST, now) {
        return Ok(None);
    }
    let sql = "select count(*) from (select from webhook_deliveries where tenant_id = $1 and webhook_id = $2 \
                 and state <> 'delivered' and tries > 0 and kind <> $3 and coalesce(finished_at, $4) >= $5 limit $6) d";
    let values = [call.webhook.0.into(), TEST.into(), now.into(), since.into(), FAILED_AT_LEAST.into()];
    let failed: i64 = tx.scalar(sql, values).await?.unwrap_or(0);
    let words = || format!("All deliveries have failed since {}.", since.unwrap_or(now).format("%-d %B %Y, %H:%M UTC"));
    Ok(is_hopeless(since, failed, now).then(words))
}

async fn switch_off(
    tx: &Tx,
    id: WebhookId,
    webhook: &Stand,
    reason: &str,
    letters: impl FnOnce(&SwitchedOff) -> Vec<NewMail>,
) -> Result<(), DataError> {
    let sql = "update webhooks set state = 'off', reason = $3 where tenant_id = $1 and id = $2";
    tx.run(sql, [id.0.into(), reason.into()]).await?;
    let details = json!({"reason": reason, "failing_since": webhook.failing_since});
    crate::audit::note(tx, "webhook.off", &id.to_string(), details).await?;
    let tenant: Option<String> = tx.scalar("select slug from tenants where id = $1", []).await?;
    let sql = "select u.email from memberships m join users u on u.id = m.user_id \
               where m.tenant_id = $1 and m.role = 'owner' order by u.email";
    let owners: Vec<Address> = tx.all(sql, []).await?;
    let off = SwitchedOff {
        webhook: id,
        url: webhook.url.clone(),
        reason: reason.to_owned(),
        tenant: tenant.unwrap_or_default(),
        owners: owners.into_iter().map(|owner| owner.email).collect(),
    };
    for mail in letters(&off) {
        outbox::post(tx, mail).await?;
    }
    Ok(())
}
