//! `PUT /api/v1/orders/{store}/{number}`: the latest state of an order, whether it is stored already or not.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use db::idempotency::{Answer, Key, request_hash};
use db::orders::OrderDetail;
use db::orders::accept::{Accepted, put as store};
use db::orders::place::Placed;
use db::{DataError, stores};
use domain::fields::FieldErrors;
use domain::json;
use domain::link::from_segment;
use domain::orders::new_order::Draft;
use domain::permission::Permission;
use http::StatusCode;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::super::body;
use super::super::order::OrderDetailJson;
use super::super::problems::{Absent, BodyRefusals, Refusals, not_json, unknown_store};
use super::super::repeat::{self, Reply};
use super::super::schema::NewOrderBody;
use super::change::tagged;
use crate::auth::KeyAccess;
use crate::error::Problem;
use crate::input::budget::Budget;

/// Largest body, bytes.
const LIMIT: usize = 1 << 20;

/// The order as it is stored now, and what the request did.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PutOrder)]
pub struct PutJson {
    /// What the request did.
    pub result: PutResult,
    /// The order.
    #[serde(flatten)]
    pub order: OrderDetailJson,
}

/// What the request did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = PutResult)]
pub enum PutResult {
    /// Stored the order.
    Created,
    /// Replaced the stored order.
    Updated,
    /// Nothing: the stored order has the same content.
    Unchanged,
    /// Nothing: the stored order has a later `updated_at`.
    Older,
}

/// Create or replace an order
///
/// Sends the latest state of an order. If the store has no order with this number, it is created. Otherwise the stored
/// order is replaced, with its items, payments, fulfilments and refunds, and all figures move by the difference; its ID,
/// timeline and internal notes stay. If the stored order has a later `updated_at`, nothing changes. `store` and `number`
/// may be left out of the body.
#[utoipa::path(put, path = "/api/v1/orders/{store}/{number}", tag = "Orders", operation_id = "putOrder",
    params(("store" = String, Path, description = "Slug of the store"),
        ("number" = String, Path, description = "Order number. One that begins with `~`, or is the name of a path below \
            an order, such as `payments`, needs a `~` before it"),
        ("Idempotency-Key" = Option<String>, Header, max_length = 255,
            description = "Repeat the request with the same key until you receive a response. It is applied once.")),
    request_body(content = NewOrderBody, description = "At most 1 MiB. Unknown fields are rejected."),
    security(("key" = ["orders:write"])),
    responses(
        (status = 201, description = "Order created", body = PutJson),
        (status = 200, description = "Order replaced, or nothing changed: see `result`", body = PutJson),
        Absent, Refusals, BodyRefusals))]
pub async fn put(
    State(bodies): State<Budget>,
    key: KeyAccess,
    named: Result<Path<(String, String)>, PathRejection>,
    request: Request,
) -> Result<Response, Problem> {
    let scope = key.scope(Permission::WriteOrders)?;
    let Path((slug, step)) = named.map_err(|_| Problem::not_found())?;
    let named = (slug, from_segment(&step).to_owned());
    if !stores::known_with(&scope, Some(&named.0)).await?.iter().any(|store| store.slug == named.0) {
        return Err(Problem::not_found());
    }
    let repeat_key = repeat::key(request.headers())?;
    let path = format!("PUT {}", request.uri().path());
    let (body, _held) = body::read(request, LIMIT, &bodies).await?;
    let value = json::value(&body).map_err(|fault| not_json(&fault))?;
    let mut value = value.map_err(|too_many| FieldErrors::one("body", too_many.to_string()))?;
    let key = repeat_key.map(|key| Key { request: request_hash(&path, &body), key });
    name(&mut value, named)?;
    let (slug, order) = Draft::checked_from_json(&value, scope.now())?;
    match store(&scope, &slug, &order, key.as_ref(), answer).await.map_err(unknown_store)? {
        Accepted::Stored(answer) => Ok(tagged(Reply::first(answer)?)),
        Accepted::Claimed(claim) => Ok(tagged(Reply::to_claimed(claim)?)),
        Accepted::NotStored(_) => Err(DataError::Corrupt("an order was not answered".into()).into()),
    }
}

// The body may leave out what the address says, and may not say otherwise.
fn name(body: &mut Value, (store, number): (String, String)) -> Result<(), FieldErrors> {
    let Some(object) = body.as_object_mut() else { return Err(FieldErrors::one("body", "Send a JSON object.")) };
    let mut errors = FieldErrors::default();
    for (name, named) in [("store", store), ("number", number)] {
        let told = object.entry(name).or_insert_with(|| Value::String(named.clone()));
        let differs = told.as_str().is_some_and(|told| domain::text::trim(told) != domain::text::trim(&named));
        errors.add_if(differs, name, "This differs from the address of the request.");
    }
    errors.into_result(())
}

fn answer(placed: Placed, detail: OrderDetail) -> Result<Answer, DataError> {
    let (status, result) = match placed {
        Placed::Stored(_) => (StatusCode::CREATED, PutResult::Created),
        Placed::Updated(_) => (StatusCode::OK, PutResult::Updated),
        Placed::Unchanged(_) => (StatusCode::OK, PutResult::Unchanged),
        Placed::Stale(_) | Placed::Archived(_) | Placed::Conflict(_) => (StatusCode::OK, PutResult::Older),
    };
    repeat::answer(status, &PutJson { result, order: OrderDetailJson::from(detail) })
}
