//! One order.

use app::frame::Section;
use app::pages::orders::{Asked, OrderPage, show as view};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use db::orders::neighbours::neighbours;
use db::orders::{OrderDetail, show as orders};
use db::{DataError, Scope, stores};
use domain::orders::OrderQuery;
use domain::orders::query::AmountsIn;
use domain::page::List;
use domain::permission::Permission;
use serde::Deserialize;

use crate::auth::Member;
use crate::cursors;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::filters::{self, Pairs};
use crate::pages::frame::frame;
use crate::pages::visit::Visit;
use crate::state::AppState;

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

/// The list that an order was come to from, as far as its address still names one: whatever of it cannot be used is left
/// out.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn within(state: &AppState, scope: &Scope, typed: &Pairs) -> Result<OrderQuery, DataError> {
    let seal = cursors::of(state, scope, List::Orders);
    let mut query = OrderQuery::understood(filters::of(typed), AmountsIn::Major, &seal).0;
    if query.store.is_some() {
        let stores = stores::known_with(scope, query.store.as_deref()).await?;
        query.store = query.store.filter(|slug| stores.iter().any(|store| store.slug == *slug));
    }
    Ok(query)
}

/// One order with everything about it.
///
/// # Errors
/// For strangers, unknown orders, and when PostgreSQL fails.
pub async fn show(
    State(state): State<AppState>,
    member: Member,
    visit: Visit,
    Path(named): Path<Named>,
    Query(typed): Query<Pairs>,
) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ReadOrders)?;
    let order = named.find(&scope).await?;
    let within = within(&state, &scope, &typed).await?;
    Ok(answer::ok(&view(&page(&member, visit, order, (within, Asked::Nothing)).await?)))
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
        may_cancel: member.may(Permission::CancelOrders),
        may_refund: member.may(Permission::RefundOrders),
        done,
        within,
    })
}

fn done_words(word: &str) -> Option<&'static str> {
    match word {
        "cancelled" => Some("The order is cancelled."),
        "refunded" => Some("The refund is recorded."),
        _ => None,
    }
}
