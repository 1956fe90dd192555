//! Changing a stored order: one command for whatever happens to it, whichever way it comes in. The order's row, its records,
//! timeline, figures, events and the answer to a program change together or not at all.

use domain::feed::EventKind;
use domain::fields::FieldErrors;
use domain::ids::OrderId;
use domain::orders::new_order::{NewFulfilment, NewPayment, NewRefund};
use domain::orders::standing::Refusal;
use domain::settings::ReturnDay;
use serde_json::{Value as Json, json};

use super::counted::Counted;
use super::edit::Edit;
use super::locked::{self, Locked};
use super::rows::OrderDetail;
use super::{cancel, edit, fulfil, pay, refund, show};
use crate::error::DataError;
use crate::idempotency::{self, Answer, Claim, Key, NewAnswer};
use crate::rollups::{self, Deltas};
use crate::scope::{Scope, Tx};
use crate::{audit, feed, stores};

/// Longest internal note, in characters.
pub const MAX_NOTE: usize = 5_000;
/// Longest reason, in characters.
const MAX_REASON: usize = 500;

/// What happens to an order.
#[derive(Clone, Debug)]
pub enum Change {
    /// It is paid, or a payment is reserved or given up.
    Pay(NewPayment),
    /// All that is left to be paid is paid at once.
    MarkPaid,
    /// Goods are sent.
    Fulfil(NewFulfilment),
    /// Money is given back. `seen`, where it is known, is the amount that the asker saw refunded so far: a button pressed
    /// twice refunds once.
    Refund {
        /// The refund.
        refund: NewRefund,
        /// What the asker saw.
        seen: Option<i64>,
    },
    /// It is cancelled.
    Cancel {
        /// Why; perhaps empty.
        reason: String,
        /// Whether its goods go back on the shelf.
        restock: bool,
    },
    /// It is closed, or opened again.
    Close(bool),
    /// Nothing is to be sent for now, or no longer so.
    Hold(bool),
    /// Someone writes something down.
    Note(String),
    /// What it says is changed.
    Edit(Box<Edit>),
}

/// What became of a change.
#[derive(Debug)]
pub enum Changed {
    /// It is stored, with this answer.
    Stored(Answer),
    /// Nothing was stored: the key was used before, or is in use.
    Claimed(Claim),
}

/// What a change comes to, beside the rows that it wrote.
pub(super) struct Effect {
    /// The event of its own; `order.updated` follows it.
    pub event: Option<EventKind>,
    /// What joins the data of the events.
    pub data: Json,
    /// The entry of the timeline.
    pub entry: &'static str,
    /// What the timeline and the audit log say.
    pub details: Json,
    /// The action in the audit log.
    pub action: &'static str,
    /// What it adds to the figures.
    pub deltas: Deltas,
    /// What is taken out of them.
    pub counted: Option<Counted>,
    /// A refund, which counts on the day of the store's rule.
    pub refund: Option<refund::Recorded>,
}

impl Effect {
    /// A change that counts in no figure.
    pub fn new(event: Option<EventKind>, entry: &'static str, action: &'static str, details: Json) -> Self {
        Self { event, data: json!({}), entry, details, action, deltas: Deltas::default(), counted: None, refund: None }
    }
}

/// Changes an order. About twelve statements, whatever its size.
///
/// # Errors
/// [`DataError::NotFound`]; [`DataError::Invalid`] with the rule's words by field; [`DataError::Refused`] when the order does
/// not allow it.
pub async fn change(scope: &Scope, id: OrderId, change: &Change) -> Result<(), DataError> {
    change_seen(scope, id, change, None).await
}

/// The same from a form: only when the order still has the `version` that the form was filled in for, where it names one.
///
/// # Errors
/// As [`change`]; [`DataError::Stale`] when the order has another version.
pub async fn change_seen(scope: &Scope, id: OrderId, change: &Change, version: Option<i32>) -> Result<(), DataError> {
    let tx = scope.begin().await?;
    let order = locked::lock(&tx, id).await?;
    order.check_version(version)?;
    let (order, effect) = perform(&tx, order, change).await?;
    finish(&tx, &order, effect).await?;
    tx.commit().await
}

/// The same for a program: under `key`, and only when the order has the `version` that it names. `answer` makes the answer of
/// the changed order; it is stored in the same transaction.
///
/// # Errors
/// As [`change`]; [`DataError::Stale`] when the order has another version.
pub async fn change_for(
    scope: &Scope,
    id: OrderId,
    change: &Change,
    key: Option<&Key>,
    version: Option<i32>,
    answer: impl Fn(OrderDetail) -> Result<Answer, DataError>,
) -> Result<Changed, DataError> {
    let tx = scope.begin().await?;
    let changed = within(&tx, id, change, key, version, answer).await;
    if matches!(changed, Ok(Changed::Stored(_))) {
        tx.commit().await?;
    } else {
        // So the next request finds neither key nor order locked.
        tx.roll_back().await?;
    }
    changed
}

async fn within(
    tx: &Tx,
    id: OrderId,
    change: &Change,
    key: Option<&Key>,
    version: Option<i32>,
    answer: impl Fn(OrderDetail) -> Result<Answer, DataError>,
) -> Result<Changed, DataError> {
    if let Some(key) = key {
        let claim = idempotency::claim(tx, &key.key, &key.request).await?;
        if claim != Claim::Fresh {
            return Ok(Changed::Claimed(claim));
        }
    }
    let order = locked::lock(tx, id).await?;
    order.check_version(version)?;
    let (order, effect) = perform(tx, order, change).await?;
    let answer = answer(show::within(tx, id).await?)?;
    if let Some(key) = key {
        let new = NewAnswer { status: answer.status, body: &answer.body, stores: &[order.store.id] };
        idempotency::store(tx, &key.key, &key.request, &new).await?;
    }
    finish(tx, &order, effect).await?;
    Ok(Changed::Stored(answer))
}

/// Checks the words that go with a change.
///
/// # Errors
/// The fault of the field `reason`.
pub(super) fn check_reason(reason: &str) -> Result<(), DataError> {
    check_text("reason", reason, MAX_REASON)
}

fn check_text(field: &str, text: &str, most: usize) -> Result<(), DataError> {
    let mut errors = FieldErrors::default();
    errors.add_if(text.chars().count() > most, field, format!("Use at most {most} characters."));
    errors.add_if(text.contains('\0'), field, "Remove control characters.");
    Ok(errors.into_result(())?)
}

/// The words of a rule, as they are shown.
pub(super) fn refused(refusal: Refusal) -> DataError {
    DataError::Refused(refusal.to_string())
}

// The rows of the change, up to the order's entry in its timeline.
async fn perform(tx: &Tx, mut order: Locked, change: &Change) -> Result<(Locked, Effect), DataError> {
    let effect = match change {
        Change::Pay(payment) => pay::pay(tx, &mut order, payment).await?,
        Change::MarkPaid => pay::pay_outstanding(tx, &mut order).await?,
        Change::Fulfil(fulfilment) => fulfil::fulfil(tx, &mut order, fulfilment).await?,
        Change::Refund { refund, seen } => refund::record(tx, &mut order, refund, *seen).await?,
        Change::Cancel { reason, restock } => cancel::record(tx, &mut order, reason, *restock).await?,
        Change::Close(closed) => close(tx, &mut order, *closed).await?,
        Change::Hold(held) => hold(tx, &mut order, *held).await?,
        Change::Note(text) => note(tx, &order, text).await?,
        Change::Edit(edit) => edit::edit(tx, &mut order, edit).await?,
    };
    order.note(tx, effect.entry, effect.details.clone()).await?;
    Ok((order, effect))
}

// From the feed's head on the tenant's other writers wait.
async fn finish(tx: &Tx, order: &Locked, effect: Effect) -> Result<(), DataError> {
    audit::note(tx, effect.action, &order.id.to_string(), effect.details).await?;
    let own = effect.event.map(|kind| order.event(kind, &effect.data));
    let events = own.into_iter().chain([order.event(EventKind::OrderUpdated, &effect.data)]);
    feed::append(tx, events.collect()).await?;
    let mut deltas = effect.deltas;
    if let Some(counted) = effect.counted {
        let rule =
            if counted.has_refunds() { stores::return_day(tx, order.store.id).await? } else { ReturnDay::default() };
        counted.take_out(order, rule, &mut deltas);
    }
    if let Some(refund) = effect.refund {
        refund.count(tx, order, &mut deltas).await?;
    }
    if !deltas.is_empty() {
        rollups::apply(tx, &deltas).await?;
    }
    Ok(())
}

async fn close(tx: &Tx, order: &mut Locked, closed: bool) -> Result<Effect, DataError> {
    use sea_orm::sea_query::Expr;

    order.standing.close(closed).map_err(refused)?;
    let at = closed.then(|| tx.scope().now());
    let column = crate::entities::order::Column::ClosedAt;
    order.update(tx).col_expr(column, Expr::value(at)).exec(tx.conn()).await?;
    let (entry, action) = if closed { ("closed", "order.close") } else { ("reopened", "order.reopen") };
    Ok(Effect::new(None, entry, action, json!({})))
}

async fn hold(tx: &Tx, order: &mut Locked, held: bool) -> Result<Effect, DataError> {
    order.standing.hold(held).map_err(refused)?;
    order.update(tx).exec(tx.conn()).await?;
    let (entry, action) = if held { ("held", "order.hold") } else { ("released", "order.release") };
    Ok(Effect::new(None, entry, action, json!({})))
}

async fn note(tx: &Tx, order: &Locked, text: &str) -> Result<Effect, DataError> {
    check_text("text", text, MAX_NOTE)?;
    let text = domain::text::without_controls(domain::text::trim(text)).into_owned();
    if text.is_empty() {
        return Err(FieldErrors::one("text", "Enter a note.").into());
    }
    order.update(tx).exec(tx.conn()).await?;
    Ok(Effect::new(None, "note", "order.note", json!({"text": text})))
}
