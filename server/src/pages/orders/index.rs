//! The order list.

use app::frame::{Live, Section, TenantFrame};
use app::pages::orders::{Found, OrderIndex, index};
use app::url;
use axum::Json;
use axum::extract::{Query, State};
use axum::response::Response;
use db::orders::arrived::{self, Arrived};
use db::orders::counts::{self, ViewCounts};
use db::orders::{RefundRow, list, refund, summary};
use db::{Scope, catalog, settings};
use domain::fields::FieldErrors;
use domain::orders::query::AmountsIn;
use domain::orders::{OrderKind, OrderQuery};
use domain::page::{Cursors, List, Seal};
use domain::permission::Permission;

use crate::auth::Member;
use crate::cursor_seal;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::filters::{self, NO_STORE, Pairs};
use crate::pages::frame::frame;
use crate::pages::visit::Visit;

const REFUNDS: i64 = 200;

/// One page of orders under the filters of the address.
///
/// # Errors
/// For strangers, and when PostgreSQL fails.
pub async fn show(
    State(cursors): State<Cursors>,
    member: Member,
    visit: Visit,
    Query(typed): Query<Pairs>,
) -> Result<Response, PageError> {
    // A future is moved whole into each one that waits for it; this one is large, so only its box is.
    Box::pin(listed(cursors, member, visit, typed)).await
}

async fn listed(cursors: Cursors, member: Member, visit: Visit, typed: Pairs) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ReadOrders)?;
    let seal = cursor_seal::of(&cursors, &scope, List::Orders);
    let numbers = settings::of_tenant(&scope).await?.numbers;
    // Which decimals an amount may have depends on the store, whatever comes first in the address.
    let store = filters::of(&typed).find(|(name, slug)| *name == "store" && !slug.trim().is_empty());
    let store = store.map(|(_, slug)| slug.trim().to_owned());
    let mut frame = frame(&scope, &member, visit, Section::Orders, store).await?;
    let amounts = AmountsIn::Typed(numbers, frame.decimals());
    let (mut query, mut faults) = OrderQuery::understood(filters::of(&typed), amounts, &seal);
    if query.store != frame.store {
        faults.add("store", NO_STORE);
        query.store = None;
    }
    let product = product(&scope, &mut query, &mut faults).await?;
    frame.live = live(&frame, &query);
    let found = find(&scope, &query, frame.live.after, &seal).await?;
    let counts = counts(&scope, query.store.as_deref(), frame.live.after).await?;
    let may_import = member.may(Permission::RunImports);
    let page = OrderIndex { frame, query, typed, faults, found, product, counts: Some(counts), may_import };
    Ok(answer::ok(page, index).await)
}

/// How many orders the events after `after` brought that the list under the other filters shows, as JSON: for open pages.
///
/// # Errors
/// For strangers, for filters that make no sense, and when PostgreSQL fails.
pub async fn arrived(
    State(cursors): State<Cursors>,
    member: Member,
    Query(typed): Query<Pairs>,
) -> Result<Json<Arrived>, PageError> {
    let scope = member.scope(Permission::ReadOrders)?;
    let seal = cursor_seal::of(&cursors, &scope, List::Orders);
    let (after, filters): (Pairs, Pairs) = typed.into_iter().partition(|(name, _)| name == "after");
    let query = OrderQuery::parse(filters::of(&filters), AmountsIn::Major, &seal)?;
    let after = after.first().and_then(|(_, seq)| seq.parse().ok());
    let after = after.ok_or_else(|| FieldErrors::one("after", "Use the number of an event."))?;
    Ok(Json(arrived::arrived(&scope, &query, after).await?))
}

// Events say of which store an order is; whatever else the list asks for, the server looks up.
fn live(frame: &TenantFrame, query: &OrderQuery) -> Live {
    let tenant = frame.tenant();
    let of_store = OrderQuery { store: query.store.clone(), ..OrderQuery::default() };
    let count =
        (query.whole() != of_store).then(|| format!("/t/{tenant}/orders/arrived{}", url::query_of(&query.whole())));
    Live { show: Some(url::orders(tenant, &query.at(None))), count, ..frame.live.clone() }
}

// The title of the product that the list is of; one that the tenant does not have is ignored.
async fn product(scope: &Scope, query: &mut OrderQuery, faults: &mut FieldErrors) -> Result<Option<String>, PageError> {
    let Some(id) = query.product else { return Ok(None) };
    let title = catalog::title(scope, id).await?;
    if title.is_none() {
        faults.add("product", "Choose one of your products.");
        query.product = None;
    }
    Ok(title)
}

// The sums depend on the filters alone: one computation serves all pages of the list until the next write.
async fn find(scope: &Scope, query: &OrderQuery, generation: i64, seal: &Seal) -> Result<Found, PageError> {
    let page = list::list(scope, query).await?.sealed(seal);
    let whole = query.whole();
    let key = format!("orders:summary:{}", url::orders("", &whole));
    let summary = scope.db().cache().get(scope, generation, &key, summary::summary(scope, &whole)).await?;
    Ok(Found { page, summary: summary.as_ref().clone(), refunds: refunds(scope, query).await? })
}

async fn counts(scope: &Scope, store: Option<&str>, generation: i64) -> Result<ViewCounts, PageError> {
    let key = format!("orders:counts:{}", store.unwrap_or_default());
    let counts = scope.db().cache().get(scope, generation, &key, counts::views(scope, store)).await?;
    Ok(*counts)
}

async fn refunds(scope: &Scope, query: &OrderQuery) -> Result<Vec<RefundRow>, PageError> {
    match (query.kind, query.from, query.to) {
        (Some(OrderKind::Return), Some(from), Some(to))
            if query.cursor.is_none() && query.q.is_none() && query.product.is_none() =>
        {
            Ok(refund::in_period(scope, query.store.as_deref(), from, to, REFUNDS).await?)
        }
        _ => Ok(Vec::new()),
    }
}
