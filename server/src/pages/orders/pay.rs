//! Payments of an order: marking it as paid, and recording what was charged, reserved, captured or given up.

use app::pages::orders::{Asked, Filled};
use axum::extract::{Form, Path, Query, State};
use axum::response::Response;
use chrono::{DateTime, Utc};
use db::orders::change::Change;
use db::settings;
use domain::fields::FieldErrors;
use domain::money::{Currency, Money, Notation};
use domain::orders::PaymentKind;
use domain::orders::new_order::NewPayment;
use domain::page::Cursors;
use domain::permission::Permission;
use serde_json::json;

use super::change::{Submission, filled, value, version};
use super::show::Named;
use crate::auth::Member;
use crate::error::PageError;
use crate::pages::filters::Pairs;
use crate::pages::visit::Visit;

/// The order with the form open.
///
/// # Errors
/// For strangers and viewers, unknown orders, and when PostgreSQL fails.
pub async fn ask(
    State(cursors): State<Cursors>,
    member: Member,
    visit: Visit,
    Path(named): Path<Named>,
    Query(listed): Query<Pairs>,
) -> Result<Response, PageError> {
    let form = Submission::open(&cursors, (member, visit), (named, &listed), Permission::WriteOrders).await?;
    form.show(Asked::Pay(Filled::default())).await
}

/// Records the payment.
///
/// # Errors
/// For strangers and viewers, unknown orders, and when PostgreSQL fails.
pub async fn submit(
    State(cursors): State<Cursors>,
    member: Member,
    visit: Visit,
    Path(named): Path<Named>,
    Query(listed): Query<Pairs>,
    Form(form): Form<Pairs>,
) -> Result<Response, PageError> {
    let submission = Submission::open(&cursors, (member, visit), (named, &listed), Permission::WriteOrders).await?;
    let numbers = settings::of_tenant(&submission.scope).await?.numbers;
    let currency = submission.order.order.currency;
    let change = match value(&form, "kind") {
        "outstanding" => Ok(Change::MarkPaid),
        _ => payment(&form, (currency, Notation::Typed(numbers)), submission.scope.now()).map(Change::Pay),
    };
    let seen = version(&form);
    submission.apply(change, seen, "paid", |faults| Asked::Pay(filled(form, faults))).await
}

// Read as a program's payment is, once the amount is one of minor units.
fn payment(
    form: &Pairs,
    (currency, notation): (Currency, Notation),
    now: DateTime<Utc>,
) -> Result<NewPayment, FieldErrors> {
    let kind = match value(form, "kind") {
        "" => Ok(PaymentKind::Charge),
        text => text.parse().map_err(|words: String| FieldErrors::one("kind", words)),
    }?;
    let amount = match (kind, value(form, "amount")) {
        (PaymentKind::Void, _) => 0,
        (_, "") => return Err(FieldErrors::one("amount", "Enter an amount.")),
        (_, text) => {
            let read = Money::written(text, currency, notation);
            read.map_err(|fault| FieldErrors::one("amount", fault.to_string()))?.minor
        }
    };
    if amount < 0 {
        return Err(FieldErrors::one("amount", "Enter an amount above 0."));
    }
    let body = json!({
        "kind": kind, "amount": amount, "method": value(form, "method"), "reference": value(form, "reference"),
    });
    NewPayment::from_json(&body, now)
}
