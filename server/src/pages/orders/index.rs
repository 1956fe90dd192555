//! The order list.

use app::frame::Section;
use app::pages::orders::{Found, OrderIndex, index};
use app::url;
use axum::extract::{Query, State};
use axum::response::Response;
use db::orders::counts::{self, ViewCounts};
use db::orders::{RefundRow, list, refund, summary};
use db::{Scope, settings};
use domain::orders::query::AmountsIn;
use domain::orders::{OrderKind, OrderQuery};
use domain::page::{List, Seal};
use domain::permission::Permission;

use crate::auth::Member;
use crate::cursors;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::frame::frame;
use crate::pages::visit::Visit;
use crate::state::AppState;

const REFUNDS: i64 = 200;

/// One page of orders under the filters of the address.
///
/// # Errors
/// For strangers, unknown stores, and when PostgreSQL fails.
pub async fn show(
    State(state): State<AppState>,
    member: Member,
    visit: Visit,
    Query(typed): Query<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    // A future is moved whole into each one that waits for it; this one is large, so only its box is.
    Box::pin(listed(state, member, visit, typed)).await
}

async fn listed(
    state: AppState,
    member: Member,
    visit: Visit,
    typed: Vec<(String, String)>,
) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ReadOrders)?;
    let pairs = typed.iter().map(|(n, v)| (n.as_str(), v.as_str()));
    let seal = cursors::of(&state, &scope, List::Orders);
    let numbers = settings::of_tenant(&scope).await?.numbers;
    // Which decimals an amount may have depends on the store, whatever comes first in the address.
    let store = pairs.clone().filter(|(name, slug)| *name == "store" && !slug.trim().is_empty()).last();
    let store = store.map(|(_, slug)| slug.trim().to_owned());
    let frame = frame(&scope, &member, visit, Section::Orders, store).await?;
    let amounts = AmountsIn::Typed(numbers, frame.decimals());
    let (query, faults) = OrderQuery::understood(pairs, amounts, &seal);
    let is_faulty = !faults.is_empty();
    let found = if is_faulty { None } else { Some(find(&scope, &query, frame.live.after, &seal).await?) };
    let counts = counts(&scope, query.store.as_deref(), frame.live.after).await?;
    let page = index(&OrderIndex {
        frame,
        query,
        typed,
        faults,
        found,
        counts: Some(counts),
        may_import: member.may(Permission::RunImports),
        now: state.db.clock().now(),
    });
    Ok(if is_faulty { answer::faulty(&page) } else { answer::ok(&page) })
}

// The sums depend on the filters alone: one computation serves all pages of the list until somebody writes.
async fn find(scope: &Scope, query: &OrderQuery, generation: i64, seal: &Seal) -> Result<Found, PageError> {
    let page = list::list(scope, query).await?.sealed(seal);
    let whole = query.whole();
    let key = format!("orders:summary:{}", url::orders("", &whole));
    let adding = async { Box::pin(summary::summary(scope, &whole)).await };
    let summary = scope.db().cache().get(scope, generation, &key, adding).await?;
    Ok(Found { page, summary: summary.as_ref().clone(), refunds: Box::pin(refunds(scope, query)).await? })
}

async fn counts(scope: &Scope, store: Option<&str>, generation: i64) -> Result<ViewCounts, PageError> {
    let key = format!("orders:counts:{}", store.unwrap_or_default());
    let counting = async { Box::pin(counts::views(scope, store)).await };
    let counts = scope.db().cache().get(scope, generation, &key, counting).await?;
    Ok(*counts)
}

async fn refunds(scope: &Scope, query: &OrderQuery) -> Result<Vec<RefundRow>, PageError> {
    match (query.kind, query.from, query.to) {
        (Some(OrderKind::Return), Some(from), Some(to)) if query.cursor.is_none() && query.q.is_none() => {
            Ok(refund::in_period(scope, query.store.as_deref(), from, to, REFUNDS).await?)
        }
        _ => Ok(Vec::new()),
    }
}
