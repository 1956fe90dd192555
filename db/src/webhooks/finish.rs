//! What an attempt came to, written down: the attempt, what it means for the delivery, and what for the webhook.

use chrono::{DateTime, Utc};
use domain::ids::WebhookId;
use domain::webhooks::{DeliveryState, FAILED_AT_LEAST, TEST, Verdict, WebhookState, is_hopeless, judge};
use sea_orm::sea_query::{ExprTrait, Func, SimpleExpr};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use serde_json::json;

use super::change::update;
use super::send::Call;
use crate::entities::enums::RoleName;
use crate::entities::text::Text;
use crate::entities::{SharedQueries, TenantQueries, extras, membership, tenant, user, webhook, webhook_delivery};
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
    let webhook = tx.find::<webhook::Entity>().filter(webhook::Column::Id.eq(call.webhook.0)).lock_exclusive();
    let webhook = webhook.one(tx.conn()).await?;
    let tries = waiting_tries(&tx, call).await?;
    // Sent again by hand meanwhile, or by another worker: what comes of that counts.
    let (Some(webhook), true) = (webhook, tries == Some(call.tries - 1)) else {
        tx.roll_back().await?;
        return Ok(Ended::Superseded);
    };
    note_attempt(&tx, call, reply).await?;
    let ended = settle(&tx, call, verdict, now).await?;
    if !call.is_trial {
        let is_good = ended == Ended::Delivered;
        let since = if is_good { None } else { Some(webhook.failing_since.unwrap_or(now)) };
        let health = webhook::ActiveModel {
            last_at: Set(Some(reply.at)),
            last_ok: Set(Some(is_good)),
            failing_since: Set(since),
            ..Default::default()
        };
        update(&tx, call.webhook, health).exec(tx.conn()).await?;
        if *webhook.state == WebhookState::Live
            && let Some(reason) = reason(&tx, call, verdict, since, now).await?
        {
            switch_off(&tx, call.webhook, &webhook, &reason, letters).await?;
        }
    }
    tx.commit().await?;
    Ok(ended)
}

// How often the delivery was tried, while it waits; locked.
async fn waiting_tries(tx: &Tx, call: &Call) -> Result<Option<i16>, DataError> {
    let waiting = tx
        .find::<webhook_delivery::Entity>()
        .filter(webhook_delivery::Column::Id.eq(call.delivery.0))
        .filter(webhook_delivery::Column::State.eq(Text(DeliveryState::Waiting)))
        .lock_exclusive();
    Ok(waiting.select_only().column(webhook_delivery::Column::Tries).into_tuple().one(tx.conn()).await?)
}

async fn note_attempt(tx: &Tx, call: &Call, reply: &Reply) -> Result<(), DataError> {
    // SQL: the attempt gets its number in the statement that stores it.
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
        Verdict::Delivered => (Ended::Delivered, DeliveryState::Delivered, None),
        Verdict::Again(wait) => (Ended::Again(now + wait), DeliveryState::Waiting, Some(now + wait)),
        Verdict::Gone | Verdict::Failed => (Ended::Failed, DeliveryState::Failed, None),
    };
    let settled = webhook_delivery::ActiveModel {
        state: Set(Text(state)),
        tries: Set(call.tries),
        next_at: Set(next_at),
        finished_at: Set(next_at.is_none().then_some(now)),
        ..Default::default()
    };
    let update = tx.update::<webhook_delivery::Entity>().set(settled);
    update.filter(webhook_delivery::Column::Id.eq(call.delivery.0)).exec(tx.conn()).await?;
    Ok(ended)
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
    let last = Func::coalesce([webhook_delivery::Column::FinishedAt.into_expr(), now.into()]);
    let failed = tx
        .find::<webhook_delivery::Entity>()
        .filter(webhook_delivery::Column::WebhookId.eq(call.webhook.0))
        .filter(webhook_delivery::Column::State.ne(Text(DeliveryState::Delivered)))
        .filter(webhook_delivery::Column::Tries.gt(0))
        .filter(webhook_delivery::Column::Kind.ne(TEST))
        .filter(SimpleExpr::from(last).gte(since));
    let failed = extras::count_up_to(failed, FAILED_AT_LEAST.unsigned_abs(), tx.conn()).await?;
    let words = || format!("All deliveries have failed since {}.", since.unwrap_or(now).format("%-d %B %Y, %H:%M UTC"));
    Ok(is_hopeless(since, failed, now).then(words))
}

async fn switch_off(
    tx: &Tx,
    id: WebhookId,
    webhook: &webhook::Model,
    reason: &str,
    letters: impl FnOnce(&SwitchedOff) -> Vec<NewMail>,
) -> Result<(), DataError> {
    let (state, words) = (Set(Text(WebhookState::Off)), Set(Some(reason.to_owned())));
    let off = webhook::ActiveModel { state, reason: words, ..Default::default() };
    update(tx, id, off).exec(tx.conn()).await?;
    let details = json!({"reason": reason, "failing_since": webhook.failing_since});
    crate::audit::note(tx, "webhook.off", &id.to_string(), details).await?;
    let tenant = tx.find_shared::<tenant::Entity>().filter(tenant::Column::Id.eq(tx.tenant_filter().0));
    let tenant: Option<String> = tenant.select_only().column(tenant::Column::Slug).into_tuple().one(tx.conn()).await?;
    let off = SwitchedOff {
        webhook: id,
        url: webhook.url.clone(),
        reason: reason.to_owned(),
        tenant: tenant.unwrap_or_default(),
        owners: owners(tx).await?,
    };
    for mail in letters(&off) {
        outbox::post(tx, mail).await?;
    }
    Ok(())
}

// The emails of the tenant's owners.
async fn owners(tx: &Tx) -> Result<Vec<String>, DataError> {
    let owners = tx
        .find::<membership::Entity>()
        .inner_join(user::Entity)
        .filter(membership::Column::Role.eq(RoleName::Owner))
        .order_by_asc(user::Column::Email);
    Ok(owners.select_only().column(user::Column::Email).into_tuple().all(tx.conn()).await?)
}
