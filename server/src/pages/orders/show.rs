//! One order.

use app::frame::Section;
use app::pages::orders::{Asked, OrderPage, show as view};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use db::orders::neighbours::neighbours;
use db::orders::{OrderDetail, show as orders};
use db::{DataError, Scope, settings, stores};
use domain::money::USUAL_DECIMALS;
use domain::orders::OrderQuery;
use domain::orders::query::AmountsIn;
use domain::page::{Cursors, List};
use domain::permission::Permission;
use http::HeaderMap;
use http::header::REFERER;
use serde::Deserialize;
use url::Url;

use crate::auth::Member;
use crate::cursor_seal;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::filters::{self, Pairs};
use crate::pages::frame::frame;
use crate::pages::visit::Visit;

/// Which order the address names.
#[derive(Debug, Deserialize)]
pub struct Named {
    store: String,
    number: String,
}

impl Named {
    /// The order.
    ///
    /// # Errors
    /// When there is none, or PostgreSQL fails.
    pub async fn find(&self, scope: &Scope) -> Result<OrderDetail, PageError> {
        Ok(orders::by_number(scope, &self.store, self.number()).await?)
    }

    fn number(&self) -> &str {
        app::url::from_segment(&self.number)
    }

    /// The address of the order in `tenant`, within the list that it was come to from.
    pub fn address(&self, tenant: &str, within: &OrderQuery) -> String {
        app::url::order_within(tenant, &self.store, self.number(), within)
    }
}

/// The list that the address of an order still names: whatever of it cannot be used is left out.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn within(cursors: &Cursors, scope: &Scope, typed: &Pairs) -> Result<OrderQuery, DataError> {
    let seal = cursor_seal::of(cursors, scope, List::Orders);
    let query = OrderQuery::understood(filters::of(typed), AmountsIn::Major, &seal).0;
    of_known_store(scope, query).await
}

/// One order with everything about it.
///
/// # Errors
/// For strangers, unknown orders, and when PostgreSQL fails.
pub async fn show(
    State(cursors): State<Cursors>,
    member: Member,
    visit: Visit,
    Path(named): Path<Named>,
    Query(typed): Query<Pairs>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ReadOrders)?;
    let order = named.find(&scope).await?;
    let within = match list_before(&headers, &member.membership.slug).filter(|_| typed.is_empty()) {
        Some(list) => as_listed(&cursors, &scope, &list).await?,
        None => within(&cursors, &scope, &typed).await?,
    };
    Ok(answer::ok(page(&member, visit, order, (within, Asked::Nothing)).await?, view).await)
}

/// The page of `order` within a list, with this form open.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn page(
    member: &Member,
    visit: Visit,
    order: OrderDetail,
    (within, asked): (OrderQuery, Asked),
) -> Result<OrderPage, PageError> {
    let scope = member.scope(Permission::ReadOrders)?;
    let done = visit.done().and_then(done_words);
    let neighbours = neighbours(&scope, &within, order.order.placed_at, order.order.id).await?;
    let mut frame = frame(&scope, member, visit, Section::Orders, None).await?;
    // New orders change nothing here.
    frame.live.show = None;
    // An order is its store's.
    frame.zone = order.zone;
    Ok(OrderPage {
        frame,
        order,
        neighbours,
        asked,
        may_write: member.may(Permission::WriteOrders),
        may_cancel: member.may(Permission::CancelOrders),
        may_refund: member.may(Permission::RefundOrders),
        done,
        within,
    })
}

// What the list was filtered by whose row led here: rows bear plain addresses, and browsers say which page a link was on.
fn list_before(headers: &HeaderMap, tenant: &str) -> Option<Pairs> {
    let from = Url::parse(headers.get(REFERER)?.to_str().ok()?).ok()?;
    (from.path() == format!("/t/{tenant}/orders")).then(|| from.query_pairs().into_owned().collect())
}

// The list as its own page reads its address.
async fn as_listed(cursors: &Cursors, scope: &Scope, typed: &Pairs) -> Result<OrderQuery, DataError> {
    let seal = cursor_seal::of(cursors, scope, List::Orders);
    let numbers = settings::of_tenant(scope).await?.numbers;
    let slug = filters::of(typed).find(|(name, _)| *name == "store").map(|(_, slug)| slug.trim());
    let stores = stores::known_with(scope, slug).await?;
    let shown = stores.iter().filter(|store| slug.is_none_or(|slug| slug == store.slug));
    let decimals = shown.map(|store| store.currency.exponent()).max().unwrap_or(USUAL_DECIMALS);
    let query = OrderQuery::understood(filters::of(typed), AmountsIn::Typed(numbers, decimals), &seal).0;
    of_known_store(scope, query).await
}

async fn of_known_store(scope: &Scope, mut query: OrderQuery) -> Result<OrderQuery, DataError> {
    if query.store.is_some() {
        let stores = stores::known_with(scope, query.store.as_deref()).await?;
        query.store = query.store.filter(|slug| stores.iter().any(|store| store.slug == *slug));
    }
    Ok(query)
}

fn done_words(word: &str) -> Option<&'static str> {
    match word {
        "paid" => Some("Payment recorded."),
        "fulfilled" => Some("Fulfilment recorded."),
        "held" => Some("Order put on hold."),
        "released" => Some("Hold released."),
        "closed" => Some("Order closed."),
        "reopened" => Some("Order reopened."),
        "noted" => Some("Note added."),
        "edited" => Some("Order updated."),
        "unchanged" => Some("No changes to save."),
        "cancelled" => Some("Order cancelled."),
        "refunded" => Some("Refund recorded."),
        _ => None,
    }
}
