//! Recording that goods were sent: all that are left, or a part.

use app::pages::orders::{Asked, Filled};
use axum::extract::{Form, Path, Query, State};
use axum::response::Response;
use chrono::{DateTime, Utc};
use db::orders::change::Change;
use db::settings;
use domain::fields::FieldErrors;
use domain::money::{self, Notation};
use domain::orders::new_order::NewFulfilment;
use domain::page::Cursors;
use domain::permission::Permission;
use serde_json::json;

use super::change::{Submission, filled, value, version};
use super::refund::quantities;
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
    form.show(Asked::Fulfil(Filled::default())).await
}

/// Records the fulfilment.
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
    let change = fulfilment(&form, Notation::Typed(numbers), submission.scope.now()).map(Change::Fulfil);
    let seen = version(&form);
    submission.apply(change, seen, "fulfilled", |faults| Asked::Fulfil(filled(form, faults))).await
}

// Read as a program's fulfilment is, once the quantities are numbers. No line at all would mean every line.
fn fulfilment(form: &Pairs, notation: Notation, now: DateTime<Utc>) -> Result<NewFulfilment, FieldErrors> {
    let mut faults = FieldErrors::default();
    let mut lines = Vec::new();
    for (position, text) in quantities(form) {
        match money::whole(text, notation) {
            Ok(0) => {}
            Ok(quantity) => lines.push((position, quantity)),
            Err(fault) => faults.add(format!("lines[{position}]"), fault.to_string()),
        }
    }
    faults.add_if(faults.is_empty() && lines.is_empty(), "order", "Enter the quantity of at least one item.");
    faults.into_result(())?;
    let body = json!({
        "carrier": value(form, "carrier"), "tracking_number": value(form, "tracking_number"),
        "tracking_url": value(form, "tracking_url"),
    });
    Ok(NewFulfilment { lines, ..NewFulfilment::from_json(&body, now)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_not_everything() {
        let read = |list: &[(&str, &str)]| {
            let form: Pairs = list.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
            fulfilment(&form, Notation::default(), DateTime::from_timestamp(1_790_000_000, 0).unwrap())
        };
        let sent = read(&[("line_1", "2"), ("line_2", "0"), ("tracking_url", "https://example.org/1")]).unwrap();
        assert_eq!((sent.lines, sent.tracking_url.as_str()), (vec![(1, 2)], "https://example.org/1"));
        for (form, field) in [
            (&[][..], "order"),
            (&[("line_1", "0")], "order"),
            (&[("line_1", "two")], "lines[1]"),
            (&[("line_1", "1"), ("tracking_url", "javascript:1")], "tracking_url"),
        ] {
            assert_eq!(read(form).unwrap_err().0[0].field, field, "{form:?}");
        }
    }
}
