//! One order.

use app::frame::Section;
use app::pages::orders::{Asked, OrderPage, show as view};
use axum::extract::{Path, State};
use axum::response::Response;
use db::Scope;
use db::orders::neighbours::neighbours;
use db::orders::{OrderDetail, show as orders};
use domain::permission::Permission;
use serde::Deserialize;

use crate::auth::Member;
use crate::error::PageError;
use crate::pages::answer;
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

    /// The address of the order in `tenant`.
    pub fn address(&self, tenant: &str) -> String {
        app::url::order(tenant, &self.store, self.number())
    }
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
) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ReadOrders)?;
    let order = named.find(&scope).await?;
    Ok(answer::ok(&view(&page(&state, &member, visit, order, Asked::Nothing).await?)))
}

/// The page of `order` with this form open.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn page(
    state: &AppState,
    member: &Member,
    visit: Visit,
    order: OrderDetail,
    asked: Asked,
) -> Result<OrderPage, PageError> {
    let scope = member.scope(Permission::ReadOrders)?;
    let done = visit.done().and_then(done_words);
    let neighbours = neighbours(&scope, order.order.placed_at, order.order.id).await?;
    let mut frame = frame(&scope, member, visit, Section::Orders, None).await?;
    // New orders change nothing here.
    frame.live.show = None;
    Ok(OrderPage {
        frame,
        order,
        neighbours,
        asked,
        may_cancel: member.may(Permission::CancelOrders),
        may_refund: member.may(Permission::RefundOrders),
        done,
        now: state.db.clock().now(),
    })
}

fn done_words(word: &str) -> Option<&'static str> {
    match word {
        "cancelled" => Some("The order is cancelled."),
        "refunded" => Some("The refund is recorded."),
        _ => None,
    }
}
