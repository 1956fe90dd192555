//! Recording a refund: all that is left, by line and shipping, or an amount of one's own.

use app::pages::orders::{Asked, Filled};
use app::ui::money::text;
use app::ui::numbers;
use axum::Json;
use axum::extract::{Form, Path, Query, State};
use axum::response::Response;
use db::orders::change::Change;
use db::settings;
use domain::fields::FieldErrors;
use domain::money::{self, Currency, Money, Notation};
use domain::orders::new_order::NewRefund;
use domain::orders::refund::{RefundLine, RefundRequest};
use domain::page::Cursors;
use domain::permission::Permission;

use super::change::{Submission, filled, is_ticked, value};
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
    let form = Submission::open(&cursors, (member, visit), (named, &listed), Permission::RefundOrders).await?;
    form.show(Asked::Refund(Filled::default())).await
}

/// Records the refund.
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
    let submission = Submission::open(&cursors, (member, visit), (named, &listed), Permission::RefundOrders).await?;
    let numbers = settings::of_tenant(&submission.scope).await?.numbers;
    // A button pressed twice, or a second person: by line that would give the same pieces back again.
    let seen = value(&form, "seen").parse().ok();
    let (currency, at) = (submission.order.order.currency, submission.scope.now());
    let change = request(&form, currency, Notation::Typed(numbers)).map(|request| Change::Refund {
        refund: NewRefund { request, reason: value(&form, "reason").to_owned(), at },
        seen,
    });
    submission.apply(change, None, "refunded", |faults| Asked::Refund(filled(form, faults))).await
}

/// What a refund of the lines and shipping in the query string comes to, as JSON text for the form; null while it is none.
///
/// # Errors
/// For strangers and viewers, unknown orders, and when PostgreSQL fails.
pub async fn sum(
    member: Member,
    Path(named): Path<Named>,
    Query(form): Query<Pairs>,
) -> Result<Json<Option<String>>, PageError> {
    let scope = member.scope(Permission::RefundOrders)?;
    let format = settings::of_tenant(&scope).await?.numbers;
    let order = named.find(&scope).await?;
    let currency = order.order.currency;
    let parts = request(&form, currency, Notation::Typed(format))
        .and_then(|request| order.standing.clone().refund(&request))
        .map(|refund| Money::new(refund.parts.total(), currency));
    Ok(Json(parts.ok().map(|money| numbers::within(format, || text(money)))))
}

fn request(form: &Pairs, currency: Currency, notation: Notation) -> Result<RefundRequest, FieldErrors> {
    let restock = is_ticked(form, "restock");
    let amount = |name: &str| match value(form, name) {
        "" => Ok(0),
        text => Money::written(text, currency, notation)
            .map(|money| money.minor)
            .map_err(|fault| FieldErrors::one(name, fault.to_string())),
    };
    match value(form, "extent") {
        "full" => Ok(RefundRequest::Full { restock }),
        "amount" => amount("amount").map(RefundRequest::Amount),
        _ => {
            let (lines, shipping) = (lines(form, restock, notation), amount("shipping"));
            match (lines, shipping) {
                (Ok(lines), Ok(shipping)) => Ok(RefundRequest::Lines { lines, shipping }),
                (lines, shipping) => {
                    let faults = [lines.err(), shipping.err()].into_iter().flatten();
                    Err(FieldErrors(faults.flat_map(|faults| faults.0).collect()))
                }
            }
        }
    }
}

// Empty fields and zeros are lines that stay.
fn lines(form: &Pairs, restock: bool, notation: Notation) -> Result<Vec<RefundLine>, FieldErrors> {
    let mut faults = FieldErrors::default();
    let mut wanted = Vec::new();
    for (position, text) in quantities(form) {
        match money::whole(text, notation) {
            Ok(0) => {}
            Ok(quantity) => wanted.push(RefundLine { position, quantity, restock }),
            Err(fault) => faults.add(format!("lines[{position}]"), fault.to_string()),
        }
    }
    faults.into_result(wanted)
}

/// The quantities that were typed, by position; empty fields are none.
pub fn quantities(form: &Pairs) -> impl Iterator<Item = (i32, &str)> {
    form.iter().filter_map(|(name, text)| {
        let position = name.strip_prefix("line_")?.parse().ok()?;
        Some((position, text.trim())).filter(|(_, text)| !text.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(list: &[(&str, &str)]) -> Pairs {
        list.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
    }

    fn read(list: &[(&str, &str)]) -> Result<RefundRequest, FieldErrors> {
        request(&pairs(list), "GBP".parse().unwrap(), Notation::default())
    }

    #[test]
    fn empty_lines_stay_and_words_are_no_quantities() {
        let good = read(&[("line_1", "2.0"), ("line_2", " "), ("line_3", "0"), ("reason", "torn")]);
        assert_eq!(good, Ok(RefundRequest::lines([(1, 2)])));
        let bad = read(&[("line_1", "two"), ("line_x", "1"), ("shipping", "much")]).unwrap_err();
        assert_eq!(bad.0.iter().map(|fault| fault.field.as_str()).collect::<Vec<_>>(), ["lines[1]", "shipping"]);
    }

    #[test]
    fn the_button_says_what_is_refunded() {
        let line = RefundLine { position: 1, quantity: 1, restock: true };
        let lines = RefundRequest::Lines { lines: vec![line], shipping: 395 };
        let form = [("line_1", "1"), ("shipping", "3.95"), ("amount", "9"), ("restock", "true")];
        for (extent, request) in
            [("lines", lines), ("amount", RefundRequest::Amount(900)), ("full", RefundRequest::Full { restock: true })]
        {
            assert_eq!(read(&[&form[..], &[("extent", extent)]].concat()), Ok(request), "{extent}");
        }
    }
}
