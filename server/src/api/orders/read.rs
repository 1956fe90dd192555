//! `GET /api/v1/orders` and `GET /api/v1/orders/{id}`.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::{AppendHeaders, IntoResponse, Response};
use db::orders::{list, show};
use domain::ids::OrderId;
use domain::orders::OrderQuery;
use domain::orders::query::AmountsIn;
use domain::page::{Cursors, List, Sort};
use domain::permission::Permission;
use http::header;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::order::{OrderDetailJson, OrderJson};
use super::super::problems::{Absent, Refusals, unknown_store};
use super::super::query::Pairs;
use super::change::etag;
use crate::auth::KeyAccess;
use crate::cursor_seal;
use crate::error::Problem;

/// One page of orders.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OrderPage)]
pub struct PageJson {
    /// The orders.
    pub orders: Vec<OrderJson>,
    /// The `cursor` of the next page. Null on the last page.
    pub next_cursor: Option<String>,
}

/// List orders
///
/// Sorted by `placed_at`, newest first unless `sort` is set, with the same filters as the order list page. Empty
/// parameters are ignored.
#[utoipa::path(get, path = "/api/v1/orders", tag = "Orders", operation_id = "listOrders",
    params(
        ("store" = Option<String>, Query, description = "Slug of one store"),
        ("status" = Option<String>, Query, description = "`open`, `closed` or `cancelled`; several between commas"),
        ("payment" = Option<String>, Query, description = "Payment statuses, separated by commas"),
        ("fulfilment" = Option<String>, Query, description = "Fulfilment statuses, separated by commas"),
        ("kind" = Option<String>, Query, description = "`sale` or `return`"),
        ("q" = Option<String>, Query, description = "Order number (or its beginning, with or without the prefix of \
            the shop), email, external ID or SKU"),
        ("product" = Option<uuid::Uuid>, Query, description = "ID of a product in the order"),
        ("from" = Option<chrono::NaiveDate>, Query, description = "First local day of the store"),
        ("to" = Option<chrono::NaiveDate>, Query, description = "Last local day (inclusive)"),
        ("min" = Option<i64>, Query, description = "Minimum `total`, minor units"),
        ("max" = Option<i64>, Query, description = "Maximum `total`, minor units"),
        ("sort" = Option<String>, Query, description = "`newest` or `oldest` first"),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the previous page, with the same filters"),
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 200, description = "Orders per page: 50 by default, at \
            most 200"),
    ),
    security(("key" = ["orders:read"])),
    responses((status = 200, description = "The page", body = PageJson), Refusals))]
pub async fn list(State(cursors): State<Cursors>, key: KeyAccess, pairs: Pairs) -> Result<Json<PageJson>, Problem> {
    let scope = key.scope(Permission::ReadOrders)?;
    let seal = cursor_seal::of(&cursors, &scope, List::Orders);
    let query = OrderQuery::parse(pairs.iter(), AmountsIn::Minor, &seal)?;
    let page = list::with_items(&scope, &query).await.map_err(unknown_store)?;
    let next = if query.sort == Sort::Oldest { page.newer } else { page.older };
    let next_cursor = next.map(|cursor| seal.seal(cursor).text().to_owned());
    Ok(Json(PageJson { orders: page.rows.into_iter().map(OrderJson::from).collect(), next_cursor }))
}

/// Get an order
///
/// With its payments, fulfilments, refunds and timeline.
#[utoipa::path(get, path = "/api/v1/orders/{id}", tag = "Orders", operation_id = "showOrder",
    params(("id" = uuid::Uuid, Path, description = "The ID of the order")),
    security(("key" = ["orders:read"])),
    responses((status = 200, description = "The order", body = OrderDetailJson,
        headers(("ETag" = String, description = "The version of the order, for `If-Match`"))), Absent, Refusals))]
pub async fn show(key: KeyAccess, id: Result<Path<String>, PathRejection>) -> Result<Response, Problem> {
    let scope = key.scope(Permission::ReadOrders)?;
    let id: Option<OrderId> = id.ok().and_then(|Path(text)| text.parse().ok());
    let id = id.ok_or_else(Problem::not_found)?;
    let detail = show::by_id(&scope, id).await?;
    let tag = etag(detail.facts.version).map(|tag| (header::ETAG, tag));
    Ok((AppendHeaders(tag), Json(OrderDetailJson::from(detail))).into_response())
}
