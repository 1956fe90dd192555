//! `POST /api/v1/orders`.

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use db::orders::place::{self, Placed, Via};
use db::{DataError, Scope, Tx, stores};
use domain::audit::ORDERS_TAKEN;
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
use super::super::repeat::{self, Answer, Repeat, Settled};
use super::super::schema::NewOrderBody;
use crate::auth::KeyAccess;
use crate::error::Problem;
use crate::state::AppState;

/// The path, as it enters the hash of a request.
const PATH: &str = "/api/v1/orders";
/// Largest body, bytes.
const LIMIT: usize = 1 << 20;

/// The result of the order in its transaction.
enum Fate {
    Stored(Answer),
    Settled(Settled),
    Unchanged(OrderId),
    NumberTaken,
}

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
pub async fn create(State(state): State<AppState>, key: KeyAccess, request: Request) -> Result<Response, Problem> {
    let scope = key.scope(Permission::WriteOrders)?;
    let repeat_key = repeat::key(request.headers())?;
    let (body, _held) = body::read(request, LIMIT, &state.bodies).await?;
    let size = body.len();
    let reading = move || {
        let value = json::value(&body).map_err(|fault| not_json(&fault))?;
        let value = value.map_err(|too_many| FieldErrors::one("body", too_many.to_string()))?;
        Ok::<_, Problem>((value, repeat_key.map(|key| Repeat::new(key, PATH, &body))))
    };
    let (value, repeat) = state.bodies.read(size, reading).await?;
    let (store, order) = checked(&scope, &value).await?;
    drop(value);
    place::prepare(scope.db(), std::slice::from_ref(&order)).await?;
    let attempt = || attempt(&scope, &store, &order, repeat.as_ref());
    let answer = match repeat::retrying(attempt).await.map_err(unknown_store)? {
        Fate::Stored(answer) => answer,
        Fate::Settled(settled) => settled.answer()?,
        Fate::Unchanged(id) => again(&scope, id, repeat.as_ref()).await?,
        Fate::NumberTaken => return Err(number_taken(order.number())),
    };
    Ok(with_location(answer))
}

// Faults of the body and an unknown store are told together.
async fn checked(scope: &Scope, body: &Value) -> Result<(String, NewOrder), Problem> {
    let mut errors = match Draft::checked_from_json(body, scope.now()) {
        Ok(good) => return Ok(good),
        Err(errors) => errors,
    };
    if let (Some(slug), None) = (body.get("store").and_then(Value::as_str), errors.of("store")) {
        let tx = scope.begin().await?;
        let known = stores::list(&tx).await?.iter().any(|s| s.slug == slug);
        errors.add_if(!known, "store", NO_SUCH_STORE);
    }
    Err(errors.into())
}

// Whatever is not stored is undone before it is answered: the next request meets neither its key nor its number locked.
async fn attempt(scope: &Scope, store: &str, order: &NewOrder, repeat: Option<&Repeat>) -> Result<Fate, DataError> {
    let tx = scope.begin().await?;
    let fate = within(&tx, store, order, repeat).await;
    if matches!(fate, Ok(Fate::Stored(_))) {
        tx.commit().await?;
    } else {
        tx.roll_back().await?;
    }
    fate
}

async fn within(tx: &Tx, store: &str, order: &NewOrder, repeat: Option<&Repeat>) -> Result<Fate, DataError> {
    if let Some(repeat) = repeat
        && let Some(settled) = repeat.claim(tx).await?
    {
        return Ok(Fate::Settled(settled));
    }
    let store = stores::by_slug(tx, store).await?;
    let written = place::write(tx, &store, std::slice::from_ref(order), Via::Api).await?;
    let id = match written.outcome().first() {
        Some(Placed::Stored(id)) => *id,
        Some(Placed::Unchanged(id)) => return Ok(Fate::Unchanged(*id)),
        Some(Placed::Conflict(_)) => return Ok(Fate::NumberTaken),
        None => return Err(DataError::Corrupt("one order went in, no answer came out".into())),
    };
    let customer = order.customer().map(CustomerJson::from);
    let answer = Answer::new(StatusCode::CREATED, &OrderJson::stored(id, &store.slug, order, customer))?;
    if let Some(repeat) = repeat {
        repeat.keep(tx, &answer, &[store.id]).await?;
    }
    let about = serde_json::json!({"store": store.slug, "number": order.number()});
    db::audit::note(tx, ORDERS_TAKEN, &id.to_string(), about).await?;
    // From here on the tenant's other orders wait.
    written.finish(tx).await?;
    Ok(Fate::Stored(answer))
}

// The order as it now stands, kept under the key. The transaction that found it stored before is over, so
// that nobody holds two connections at once.
async fn again(scope: &Scope, id: OrderId, repeat: Option<&Repeat>) -> Result<Answer, Problem> {
    let order = OrderJson::from(db::orders::show::by_id(scope, id).await?);
    let answer = Answer::new(StatusCode::OK, &order)?;
    if let Some(repeat) = repeat {
        let tx = scope.begin().await?;
        if let Some(settled) = repeat.claim(&tx).await? {
            tx.roll_back().await?;
            return settled.answer();
        }
        repeat.keep(&tx, &answer, &[]).await?;
        tx.commit().await?;
    }
    Ok(answer)
}

fn with_location(answer: Answer) -> Response {
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
