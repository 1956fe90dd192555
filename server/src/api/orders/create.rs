//! `POST /api/v1/orders`.

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use db::idempotency::{self, Answer, Claim, Key, request_hash};
use db::orders::accept::{Accepted, Group, GroupResult, Sent, accept};
use db::orders::place::Placed;
use db::{DataError, Scope, stores};
use domain::fields::FieldErrors;
use domain::ids::OrderId;
use domain::json;
use domain::orders::NewOrder;
use domain::orders::new_order::Draft;
use domain::permission::Permission;
use http::{HeaderValue, StatusCode, header};
use serde_json::Value;

use super::super::body;
use super::super::order::{CustomerJson, OrderJson};
use super::super::problems::{BodyRefusals, NO_SUCH_STORE, Refusals, not_json, number_taken, unknown_store};
use super::super::repeat::{self, Reply};
use super::super::schema::NewOrderBody;
use crate::auth::KeyAccess;
use crate::error::Problem;
use crate::input::budget::Budget;

/// The path, as it enters the hash of a request.
const PATH: &str = "/api/v1/orders";
/// Largest body, bytes.
const LIMIT: usize = 1 << 20;

/// Create an order
///
/// Stores the order with its items, customer, figures, event and timeline in one transaction. After the response, the
/// order survives a crash. `total` = sum of the items - `discount` + `shipping` + `tax`.
#[utoipa::path(post, path = "/api/v1/orders", tag = "Orders", operation_id = "placeOrder",
    params(("Idempotency-Key" = Option<String>, Header, max_length = 255,
        description = "Repeat the request with the same key until you receive a response. The order is stored once.")),
    request_body(content = NewOrderBody, description = "At most 1 MiB. Unknown fields are rejected."),
    security(("key" = ["orders:write"])),
    responses(
        (status = 201, description = "Order created", body = OrderJson, headers(
            ("Location" = String, description = "Path of the order"),
            ("Idempotency-Replayed" = String, description = "`true` on every response after the first one for a key"))),
        (status = 200, description = "The same order already exists, with another key or none. Returns its current \
            state.", body = OrderJson),
        Refusals, BodyRefusals))]
pub async fn create(State(bodies): State<Budget>, key: KeyAccess, request: Request) -> Result<Response, Problem> {
    let scope = key.scope(Permission::WriteOrders)?;
    let repeat_key = repeat::key(request.headers())?;
    let (body, _held) = body::read(request, LIMIT, &bodies).await?;
    let size = body.len();
    let reading = move || {
        let value = json::value(&body).map_err(|fault| not_json(&fault))?;
        let value = value.map_err(|too_many| FieldErrors::one("body", too_many.to_string()))?;
        let key = repeat_key.map(|key| Key { request: request_hash(PATH, &body), key });
        Ok::<_, Problem>((value, key))
    };
    let (value, key) = bodies.read(size, reading).await?;
    let (store, order) = checked(&scope, &value).await?;
    drop(value);
    let groups = [Group { store: &store, orders: std::slice::from_ref(&order) }];
    let created = |results: &[GroupResult]| created(results, &store, &order);
    let reply = match accept(&scope, &groups, Sent::Alone, key.as_ref(), created).await? {
        Accepted::Stored(answer) => Reply::first(answer)?,
        Accepted::Claimed(claim) => Reply::to_claimed(claim)?,
        Accepted::NotStored(results) => match results.as_slice() {
            [GroupResult::Placed(_, placed)] => match placed.as_slice() {
                [Placed::Unchanged(id)] => unchanged(&scope, *id, key.as_ref()).await?,
                _ => return Err(number_taken(order.number())),
            },
            _ => return Err(unknown_store(DataError::NotFound("store"))),
        },
    };
    Ok(with_location(reply))
}

// Faults of the body and an unknown store are told together.
async fn checked(scope: &Scope, body: &Value) -> Result<(String, NewOrder), Problem> {
    let mut errors = match Draft::checked_from_json(body, scope.now()) {
        Ok(good) => return Ok(good),
        Err(errors) => errors,
    };
    if let (Some(slug), None) = (body.get("store").and_then(Value::as_str), errors.of("store")) {
        let known = stores::known_with(scope, Some(slug)).await?.iter().any(|s| s.slug == slug);
        errors.add_if(!known, "store", NO_SUCH_STORE);
    }
    Err(errors.into())
}

// What is answered to an order that is stored now.
fn created(results: &[GroupResult], store: &str, order: &NewOrder) -> Result<Option<Answer>, DataError> {
    let [GroupResult::Placed(_, placed)] = results else { return Ok(None) };
    let [Placed::Stored(id)] = placed.as_slice() else { return Ok(None) };
    let customer = order.customer().map(CustomerJson::from);
    repeat::answer(StatusCode::CREATED, &OrderJson::stored(*id, store, order, customer)).map(Some)
}

// The order as it is now, stored under the key.
async fn unchanged(scope: &Scope, id: OrderId, key: Option<&Key>) -> Result<Reply, Problem> {
    let order = OrderJson::from(db::orders::show::by_id(scope, id).await?);
    let answer = repeat::answer(StatusCode::OK, &order)?;
    if let Some(key) = key {
        let claim = idempotency::answer_unchanged(scope, key, &answer).await?;
        if claim != Claim::Fresh {
            return Reply::to_claimed(claim);
        }
    }
    Reply::first(answer)
}

fn with_location(answer: Reply) -> Response {
    #[derive(serde::Deserialize)]
    struct Named {
        id: OrderId,
    }
    let named = serde_json::from_slice::<Named>(&answer.body).ok().filter(|_| answer.status == StatusCode::CREATED);
    let location = named.and_then(|order| HeaderValue::try_from(format!("{PATH}/{}", order.id)).ok());
    let mut response = answer.into_response();
    if let Some(location) = location {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}
