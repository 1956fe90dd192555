//! Recording a refund: all that is left, or by line.

use app::pages::orders::{Asked, Refunding, show as view};
use axum::extract::{Form, Path, Query, State};
use axum::response::{IntoResponse, Response};
use db::orders::OrderDetail;
use db::{DataError, Scope, orders};
use domain::fields::FieldErrors;
use domain::money::{self, Notation};
use domain::orders::refund::RefundRequest;
use domain::page::Cursors;
use domain::permission::Permission;

use super::show::{Named, page, within};
use crate::auth::Member;
use crate::error::PageError;
use crate::pages::answer;
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
    Query(typed): Query<Pairs>,
) -> Result<Response, PageError> {
    let scope = member.scope(Permission::RefundOrders)?;
    let order = named.find(&scope).await?;
    let within = within(&cursors, &scope, &typed).await?;
    let asked = Asked::Refund(Refunding::default());
    Ok(answer::ok(page(&member, visit, order, (within, asked)).await?, view).await)
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
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let scope = member.scope(Permission::RefundOrders)?;
    let order = named.find(&scope).await?;
    let within = within(&cursors, &scope, &listed).await?;
    let faults = match record(&scope, &order, &pairs).await {
        Ok(()) => return Ok(answer::done(&named.address(&member.membership.slug, &within), "refunded").into_response()),
        Err(DataError::Refused(words)) => FieldErrors::one("order", words),
        Err(DataError::Invalid(faults)) => faults,
        Err(other) => return Err(other.into()),
    };
    let asked = Asked::Refund(Refunding { faults, ..typed(&pairs) });
    Ok(answer::faulty(page(&member, visit, order, (within, asked)).await?, view).await)
}

async fn record(scope: &Scope, order: &OrderDetail, pairs: &[(String, String)]) -> Result<(), DataError> {
    // A button pressed twice, or a second person: by line that would give the same pieces back again.
    let seen = value(pairs, "seen").and_then(|seen| seen.parse().ok());
    let request = match value(pairs, "extent") {
        Some("full") => RefundRequest::full(),
        _ => RefundRequest::lines(lines(&typed(pairs).quantities)?),
    };
    let reason = value(pairs, "reason").unwrap_or_default();
    orders::refund::refund(scope, order.order.id, &request, reason, seen).await
}

fn typed(pairs: &[(String, String)]) -> Refunding {
    let quantity = |(name, text): &(String, String)| Some((name.strip_prefix("line_")?.parse().ok()?, text.clone()));
    Refunding {
        quantities: pairs.iter().filter_map(quantity).collect(),
        reason: value(pairs, "reason").unwrap_or_default().to_owned(),
        faults: FieldErrors::default(),
    }
}

// Empty fields and zeros are lines that stay.
fn lines(quantities: &[(i32, String)]) -> Result<Vec<(i32, i64)>, FieldErrors> {
    let mut faults = FieldErrors::default();
    let mut wanted = Vec::new();
    for (position, text) in quantities.iter().filter(|(_, text)| !text.trim().is_empty()) {
        match money::whole(text, Notation::Unknown) {
            Ok(0) => {}
            Ok(quantity) => wanted.push((*position, quantity)),
            Err(fault) => faults.add(format!("lines[{position}]"), fault.to_string()),
        }
    }
    faults.into_result(wanted)
}

fn value<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_lines_stay_and_words_are_no_quantities() {
        let pairs =
            |list: &[(&str, &str)]| list.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect::<Vec<_>>();
        let good = typed(&pairs(&[("line_1", "2.0"), ("line_2", " "), ("line_3", "0"), ("reason", "torn")]));
        assert_eq!((lines(&good.quantities), good.reason.as_str()), (Ok(vec![(1, 2)]), "torn"));
        let bad = typed(&pairs(&[("line_1", "two"), ("line_x", "1")]));
        assert_eq!(lines(&bad.quantities).unwrap_err().0[0].field, "lines[1]");
    }
}
