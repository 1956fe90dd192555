//! `PATCH /api/v1/orders/{id}` and what can be added to an order: payments, fulfilments, refunds, a cancellation, notes.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use db::idempotency::{Key, request_hash};
use db::orders::OrderDetail;
use db::orders::change::{Change, Changed, change_for};
use db::orders::edit::Edit;
use db::orders::show;
use domain::fields::FieldErrors;
use domain::ids::OrderId;
use domain::json;
use domain::orders::new_order::{NewFulfilment, NewPayment, NewRefund};
use domain::permission::Permission;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::Value;

use super::super::body;
use super::super::order::OrderDetailJson;
use super::super::problems::{Absent, BodyRefusals, Refusals, StaleRefusal, not_json};
use super::super::repeat::{self, Reply};
use super::super::schema::{
    EditBody, NewCancellationBody, NewFulfilmentBody, NewNoteBody, NewPaymentBody, NewRefundBody,
};
use crate::auth::KeyAccess;
use crate::error::Problem;
use crate::input::budget::Budget;

/// Largest body, bytes.
const LIMIT: usize = 1 << 20;

type Id = Result<Path<String>, PathRejection>;

/// Record a payment
///
/// A charge or a capture of an authorization pays the order; an authorization reserves an amount; a void gives all
/// reserved amounts up.
#[utoipa::path(post, path = "/api/v1/orders/{id}/payments", tag = "Orders", operation_id = "payOrder",
    params(("id" = uuid::Uuid, Path, description = "The ID of the order"),
        ("Idempotency-Key" = Option<String>, Header, max_length = 255,
            description = "Repeat the request with the same key until you receive a response. It is recorded once.")),
    request_body(content = NewPaymentBody, description = "At most 1 MiB. Unknown fields are rejected."),
    security(("key" = ["orders:write"])),
    responses((status = 201, description = "The order after the payment", body = OrderDetailJson), Absent, Refusals,
        BodyRefusals))]
pub async fn pay(State(bodies): State<Budget>, key: KeyAccess, id: Id, request: Request) -> Result<Response, Problem> {
    let now = key.scope(Permission::WriteOrders)?.now();
    add(&bodies, &key, id, request, move |body| NewPayment::from_json(body, now).map(Change::Pay)).await
}

/// Record a fulfilment
///
/// The items that were sent, with carrier and tracking.
#[utoipa::path(post, path = "/api/v1/orders/{id}/fulfilments", tag = "Orders", operation_id = "fulfilOrder",
    params(("id" = uuid::Uuid, Path, description = "The ID of the order"),
        ("Idempotency-Key" = Option<String>, Header, max_length = 255,
            description = "Repeat the request with the same key until you receive a response. It is recorded once.")),
    request_body(content = NewFulfilmentBody, description = "At most 1 MiB. Unknown fields are rejected."),
    security(("key" = ["orders:write"])),
    responses((status = 201, description = "The order after the fulfilment", body = OrderDetailJson), Absent, Refusals,
        BodyRefusals))]
pub async fn fulfil(
    State(bodies): State<Budget>,
    key: KeyAccess,
    id: Id,
    request: Request,
) -> Result<Response, Problem> {
    let now = key.scope(Permission::WriteOrders)?.now();
    add(&bodies, &key, id, request, move |body| NewFulfilment::from_json(body, now).map(Change::Fulfil)).await
}

/// Record a refund
///
/// Of items, of shipping, or of an amount. Stoa records the refund; send the money with your payment provider.
#[utoipa::path(post, path = "/api/v1/orders/{id}/refunds", tag = "Orders", operation_id = "refundOrder",
    params(("id" = uuid::Uuid, Path, description = "The ID of the order"),
        ("Idempotency-Key" = Option<String>, Header, max_length = 255,
            description = "Repeat the request with the same key until you receive a response. It is recorded once.")),
    request_body(content = NewRefundBody, description = "At most 1 MiB. Unknown fields are rejected."),
    security(("key" = ["orders:write"])),
    responses((status = 201, description = "The order after the refund", body = OrderDetailJson), Absent, Refusals,
        BodyRefusals))]
pub async fn refund(
    State(bodies): State<Budget>,
    key: KeyAccess,
    id: Id,
    request: Request,
) -> Result<Response, Problem> {
    let now = key.scope(Permission::WriteOrders)?.now();
    let read = move |body: &Value| Ok(Change::Refund { refund: NewRefund::from_json(body, now)?, seen: None });
    add(&bodies, &key, id, request, read).await
}

/// Cancel an order
///
/// A sale of which nothing was sent. It then counts in no figure. Refund what was paid with a refund.
#[utoipa::path(post, path = "/api/v1/orders/{id}/cancellation", tag = "Orders", operation_id = "cancelOrder",
    params(("id" = uuid::Uuid, Path, description = "The ID of the order"),
        ("Idempotency-Key" = Option<String>, Header, max_length = 255,
            description = "Repeat the request with the same key until you receive a response. It is recorded once.")),
    request_body(content = NewCancellationBody, description = "At most 1 MiB. Unknown fields are rejected."),
    security(("key" = ["orders:write"])),
    responses((status = 201, description = "The order after the cancellation", body = OrderDetailJson), Absent,
        Refusals, BodyRefusals))]
pub async fn cancel(
    State(bodies): State<Budget>,
    key: KeyAccess,
    id: Id,
    request: Request,
) -> Result<Response, Problem> {
    add(&bodies, &key, id, request, read_cancellation).await
}

/// Add a note
///
/// An internal note in the timeline of the order.
#[utoipa::path(post, path = "/api/v1/orders/{id}/notes", tag = "Orders", operation_id = "noteOrder",
    params(("id" = uuid::Uuid, Path, description = "The ID of the order"),
        ("Idempotency-Key" = Option<String>, Header, max_length = 255,
            description = "Repeat the request with the same key until you receive a response. It is recorded once.")),
    request_body(content = NewNoteBody, description = "At most 1 MiB. Unknown fields are rejected."),
    security(("key" = ["orders:write"])),
    responses((status = 201, description = "The order with the note", body = OrderDetailJson), Absent, Refusals,
        BodyRefusals))]
pub async fn note(State(bodies): State<Budget>, key: KeyAccess, id: Id, request: Request) -> Result<Response, Problem> {
    add(&bodies, &key, id, request, read_note).await
}

/// Edit an order
///
/// Contact, addresses, notes and tags. With `If-Match`, only when the order has this version.
#[utoipa::path(patch, path = "/api/v1/orders/{id}", tag = "Orders", operation_id = "editOrder",
    params(("id" = uuid::Uuid, Path, description = "The ID of the order"),
        ("If-Match" = Option<String>, Header,
            description = "The `ETag` of the order that you read. If the order has changed since, nothing changes."),
        ("Idempotency-Key" = Option<String>, Header, max_length = 255,
            description = "Repeat the request with the same key until you receive a response. It is recorded once.")),
    request_body(content = EditBody, description = "At most 1 MiB. Unknown fields are rejected."),
    security(("key" = ["orders:write"])),
    responses((status = 200, description = "The order after the change", body = OrderDetailJson), Absent, Refusals,
        BodyRefusals, StaleRefusal))]
pub async fn edit(State(bodies): State<Budget>, key: KeyAccess, id: Id, request: Request) -> Result<Response, Problem> {
    let version = if_match(request.headers())?;
    let read = |body: &Value| Edit::from_json(body).map(|edit| Change::Edit(Box::new(edit)));
    change(&bodies, &key, id, request, (StatusCode::OK, version), read).await
}

/// The `ETag` of an order of this version.
pub fn etag(version: i32) -> Option<HeaderValue> {
    HeaderValue::try_from(format!("\"{version}\"")).ok()
}

async fn add(
    bodies: &Budget,
    key: &KeyAccess,
    id: Id,
    request: Request,
    read: impl FnOnce(&Value) -> Result<Change, FieldErrors>,
) -> Result<Response, Problem> {
    change(bodies, key, id, request, (StatusCode::CREATED, None), read).await
}

async fn change(
    bodies: &Budget,
    key: &KeyAccess,
    id: Id,
    request: Request,
    (status, version): (StatusCode, Option<i32>),
    read: impl FnOnce(&Value) -> Result<Change, FieldErrors>,
) -> Result<Response, Problem> {
    let scope = key.scope(Permission::WriteOrders)?;
    let id: Option<OrderId> = id.ok().and_then(|Path(text)| text.parse().ok());
    let id = id.ok_or_else(Problem::not_found)?;
    let (change, key) = match given(bodies, request, read).await {
        Ok(given) => given,
        Err(problem) => {
            // An order that is not there has no wrong requests either.
            show::by_id(&scope, id).await?;
            return Err(problem);
        }
    };
    let answer = |detail: OrderDetail| repeat::answer(status, &OrderDetailJson::from(detail));
    match change_for(&scope, id, &change, key.as_ref(), version, answer).await? {
        Changed::Stored(answer) => Ok(tagged(Reply::first(answer)?)),
        Changed::Claimed(claim) => Ok(tagged(Reply::to_claimed(claim)?)),
    }
}

async fn given(
    bodies: &Budget,
    request: Request,
    read: impl FnOnce(&Value) -> Result<Change, FieldErrors>,
) -> Result<(Change, Option<Key>), Problem> {
    let repeat_key = repeat::key(request.headers())?;
    let path = format!("{} {}", request.method(), request.uri().path());
    let (body, _held) = body::read(request, LIMIT, bodies).await?;
    let value = json::value(&body).map_err(|fault| not_json(&fault))?;
    let value = value.map_err(|too_many| FieldErrors::one("body", too_many.to_string()))?;
    let key = repeat_key.map(|key| Key { request: request_hash(&path, &body), key });
    Ok((read(&value)?, key))
}

/// The reply with the `ETag` of the order that it holds.
pub(super) fn tagged(reply: Reply) -> Response {
    #[derive(serde::Deserialize)]
    struct Versioned {
        version: i32,
    }
    let tag = serde_json::from_slice::<Versioned>(&reply.body).ok().and_then(|order| etag(order.version));
    let mut response = reply.into_response();
    if let Some(tag) = tag {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

fn if_match(headers: &HeaderMap) -> Result<Option<i32>, FieldErrors> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(None);
    }
    let version = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).and_then(|text| text.parse().ok());
    version.map(Some).ok_or_else(|| FieldErrors::one("If-Match", "Use the ETag of the order, such as \"3\"."))
}

fn read_cancellation(body: &Value) -> Result<Change, FieldErrors> {
    let object = known(body, &["reason", "restock"])?;
    let mut errors = FieldErrors::default();
    let reason = text(&mut errors, object, "reason").unwrap_or_default();
    let restock = match object.get("restock") {
        None | Some(Value::Null) => true,
        Some(Value::Bool(restock)) => *restock,
        Some(_) => {
            errors.add("restock", "Use true or false.");
            true
        }
    };
    errors.into_result(Change::Cancel { reason, restock })
}

fn read_note(body: &Value) -> Result<Change, FieldErrors> {
    let object = known(body, &["text"])?;
    let mut errors = FieldErrors::default();
    let note = text(&mut errors, object, "text");
    errors.add_if(note.is_none() && errors.is_empty(), "text", "This field is required.");
    errors.into_result(Change::Note(note.unwrap_or_default()))
}

fn known<'a>(body: &'a Value, names: &[&str]) -> Result<&'a serde_json::Map<String, Value>, FieldErrors> {
    let object = body.as_object().ok_or_else(|| FieldErrors::one("body", "Send a JSON object."))?;
    let mut errors = FieldErrors::default();
    for name in object.keys().filter(|name| !names.contains(&name.as_str())) {
        let shown: String = name.chars().take(100).collect();
        errors.add(shown, format!("This field does not exist. Use: {}.", names.join(", ")));
    }
    errors.into_result(object)
}

fn text(errors: &mut FieldErrors, object: &serde_json::Map<String, Value>, name: &str) -> Option<String> {
    match object.get(name) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) if !text.contains('\0') => Some(text.clone()),
        Some(Value::String(_)) => {
            errors.add(name, "Remove control characters.");
            None
        }
        Some(_) => {
            errors.add(name, "Use a string.");
            None
        }
    }
}
