//! `POST /api/v1/orders/batch`.

use std::collections::BTreeMap;

use axum::extract::{Request, State};
use chrono::{DateTime, Utc};
use db::DataError;
use db::idempotency::{Answer, Key, request_hash};
use db::orders::accept::{Accepted, Group, GroupResult, Sent, accept};
use db::orders::place::{Mode, Placed};
use domain::fields::{FieldError, FieldErrors, UNKNOWN};
use domain::ids::OrderId;
use domain::json;
use domain::limits::Limit;
use domain::orders::NewOrder;
use domain::orders::new_order::Draft;
use domain::permission::Permission;
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::body;
use super::super::problems::{BodyRefusals, FaultBody, NO_SUCH_STORE, Refusals, not_json};
use super::super::query::Pairs;
use super::super::repeat::{self, Reply};
use super::super::schema::NewBatchBody;
use crate::auth::KeyAccess;
use crate::error::Problem;
use crate::input::budget::Budget;

/// The path, as it enters the hash of a request.
const PATH: &str = "/api/v1/orders/batch";
const UPDATE_PATH: &str = "/api/v1/orders/batch?mode=update";
/// Largest body, bytes.
const LIMIT: usize = 32 << 20;
/// Most orders, whatever the tier allows.
const MOST: usize = 1_000;
/// Most faults of a report: beyond them each order that is refused tells one.
const MOST_FAULTS: usize = 5_000;
/// As much of a number is repeated: no valid one is longer.
const NUMBER_SHOWN: usize = 64;

/// The result of a batch.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BatchReport)]
pub struct ReportJson {
    /// Number of orders by result.
    pub counts: CountsJson,
    /// One entry per order, in the order of the batch.
    pub results: Vec<ResultJson>,
}

/// Number of orders by result.
#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
#[schema(as = BatchCounts)]
pub struct CountsJson {
    /// Stored by this request.
    pub created: usize,
    /// Replaced the stored order with this number.
    pub updated: usize,
    /// Already stored with the same content.
    pub unchanged: usize,
    /// Not stored, because the stored order has a later `updated_at`.
    pub older: usize,
    /// Not stored, because another order has the number.
    pub conflict: usize,
    /// Not stored, because fields are invalid.
    pub rejected: usize,
}

/// The result of one order of a batch.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BatchResult)]
pub struct ResultJson {
    /// Position in the batch, from 0.
    pub index: usize,
    /// The result.
    pub status: Status,
    /// The ID of the order, if it is stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<uuid::Uuid>, nullable = false)]
    pub id: Option<OrderId>,
    /// The number of the order, if given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub number: Option<String>,
    /// The invalid fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<FaultBody>,
    /// What was shortened, cleaned or left out, if the order was stored by this request.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub adjusted: Vec<FaultBody>,
}

/// The result of one order of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = BatchStatus)]
pub enum Status {
    /// Stored by this request.
    Created,
    /// Replaced the stored order with this number. Only with `mode=update`.
    Updated,
    /// Already stored with the same content.
    Unchanged,
    /// Not stored: the stored order has a later `updated_at`. Only with `mode=update`.
    Older,
    /// Another order has the number.
    Conflict,
    /// Fields are invalid.
    Rejected,
}

/// A batch as it was read: faulty orders are settled already, the others wait by store.
#[derive(Default)]
struct Batch {
    results: Vec<ResultJson>,
    stores: BTreeMap<String, Waiting>,
    faults: usize,
}

#[derive(Default)]
struct Waiting {
    indexes: Vec<usize>,
    orders: Vec<NewOrder>,
}

/// Create many orders
///
/// Up to 1,000 orders (or the limit of your plan) of any of the tenant's stores in one transaction. Each order is
/// checked by itself: valid orders are stored, and the report lists the result of every order. Sending a batch again is
/// safe: stored orders are reported as `unchanged`.
#[utoipa::path(post, path = "/api/v1/orders/batch", tag = "Orders", operation_id = "placeOrders",
    params(("mode" = Option<String>, Query, description = "`create` (default), or `update`: an order whose number is \
            taken replaces the stored order, unless that has a later `updated_at`"),
        ("Idempotency-Key" = Option<String>, Header, max_length = 255,
            description = "Applies to the whole batch: the report is repeated byte for byte.")),
    request_body(content = NewBatchBody, description = "At most 32 MiB."),
    security(("key" = ["orders:write"])),
    responses((status = 200, description = "The report", body = ReportJson), Refusals, BodyRefusals))]
pub async fn create(
    State(bodies): State<Budget>,
    key: KeyAccess,
    pairs: Pairs,
    request: Request,
) -> Result<Reply, Problem> {
    let scope = key.scope(Permission::WriteOrders)?;
    let repeat_key = repeat::key(request.headers())?;
    let (mode, path) = mode_of(&pairs)?;
    let (body, _held) = body::read(request, LIMIT, &bodies).await?;
    let plan = db::limits::plan(scope.db(), scope.tenant()).await?;
    let most = plan.terms.allowed(Limit::BatchOrders).and_then(|most| usize::try_from(most).ok()).unwrap_or(MOST);
    let (size, now) = (body.len(), scope.now());
    let reading = move || {
        let batch = Batch::read(&body, most.min(MOST), now)?;
        let key = repeat_key.map(|key| Key { request: request_hash(path, &body), key });
        Ok::<_, Problem>((batch, key))
    };
    let (batch, key) = bodies.read(size, reading).await?;
    let groups: Vec<Group<'_>> =
        batch.stores.iter().map(|(store, waiting)| Group { store, orders: &waiting.orders }).collect();
    let report = |results: &[GroupResult]| batch.report(results).map(Some);
    match accept(&scope, &groups, Sent::AsBatch(mode), key.as_ref(), report).await? {
        Accepted::Stored(answer) => Reply::first(answer),
        Accepted::Claimed(claim) => Reply::to_claimed(claim),
        Accepted::NotStored(_) => Err(DataError::Corrupt("a batch was not answered".into()).into()),
    }
}

// The mode, and the path as it enters the hash of the request.
fn mode_of(pairs: &Pairs) -> Result<(Mode, &'static str), FieldErrors> {
    let mut mode = (Mode::Create, PATH);
    let errors = FieldErrors::of_pairs(pairs.iter(), |name, value| match (name, value) {
        ("mode", "create") => Ok(()),
        ("mode", "update") => {
            mode = (Mode::Update, UPDATE_PATH);
            Ok(())
        }
        ("mode", _) => Err("Use create or update.".into()),
        _ => Err(UNKNOWN.into()),
    });
    errors.into_result(mode)
}

impl Batch {
    fn read(body: &[u8], most: usize, now: DateTime<Utc>) -> Result<Self, Problem> {
        let mut batch = Self::default();
        let found = json::entries(body, most, |entry| match entry {
            Ok(entry) => {
                let number = entry.get("number").and_then(|n| n.as_str());
                let number = number.map(|number| number.chars().take(NUMBER_SHOWN).collect());
                batch.add(number, Draft::checked_from_json(&entry, now));
            }
            Err(too_many) => batch.add(None, Err(FieldErrors::one("body", too_many.to_string()))),
        });
        let mut errors = FieldErrors::default();
        if let Some(found) = found.map_err(|fault| not_json(&fault))? {
            errors.add_if(found == 0, "orders", "Add at least one order.");
            errors.add_if(found > most, "orders", format!("Send at most {most} orders. This batch has {found}."));
        } else {
            errors.add("body", "Send a list of orders, or an object with only the list \"orders\".");
        }
        errors.into_result(batch).map_err(Problem::from)
    }

    // The report, where the groups of orders had `placed`.
    fn report(&self, placed: &[GroupResult]) -> Result<Answer, DataError> {
        let mut results = self.results.clone();
        for (waiting, result) in self.stores.values().zip(placed) {
            match result {
                GroupResult::NoSuchStore => {
                    for index in &waiting.indexes {
                        results[*index].reject(FieldErrors::one("store", NO_SUCH_STORE).0);
                    }
                }
                GroupResult::Placed(_, placed) => {
                    for (index, placed) in waiting.indexes.iter().zip(placed) {
                        results[*index].settle(*placed);
                    }
                }
            }
        }
        repeat::answer(StatusCode::OK, &ReportJson { counts: count(&results), results })
    }

    fn add(&mut self, number: Option<String>, read: Result<(String, NewOrder), FieldErrors>) {
        let mut result = ResultJson::new(self.results.len(), number);
        match read {
            Ok((store, order)) => {
                result.adjusted = order.adjusted().iter().cloned().map(FaultBody::from).collect();
                let waiting = self.stores.entry(store).or_default();
                waiting.indexes.push(result.index);
                waiting.orders.push(order);
            }
            Err(mut faults) => {
                faults.0.truncate(MOST_FAULTS.saturating_sub(self.faults).max(1));
                self.faults += faults.0.len();
                result.reject(faults.0);
            }
        }
        self.results.push(result);
    }
}

impl ResultJson {
    const fn new(index: usize, number: Option<String>) -> Self {
        Self { index, status: Status::Rejected, id: None, number, errors: Vec::new(), adjusted: Vec::new() }
    }

    fn reject(&mut self, faults: Vec<FieldError>) {
        self.adjusted.clear();
        self.errors = faults.into_iter().map(FaultBody::from).collect();
    }

    fn settle(&mut self, placed: Placed) {
        if !matches!(placed, Placed::Stored(_) | Placed::Updated(_)) {
            self.adjusted.clear();
        }
        match placed {
            Placed::Stored(id) => (self.status, self.id) = (Status::Created, Some(id)),
            Placed::Updated(id) => (self.status, self.id) = (Status::Updated, Some(id)),
            Placed::Unchanged(id) => (self.status, self.id) = (Status::Unchanged, Some(id)),
            Placed::Stale(id) => (self.status, self.id) = (Status::Older, Some(id)),
            Placed::Archived(_) => {
                self.status = Status::Conflict;
                let message = "The order with this number is archived, so it cannot be replaced.".to_owned();
                self.errors = vec![FaultBody { field: "number".to_owned(), message }];
            }
            Placed::Conflict(_) => {
                self.status = Status::Conflict;
                let message = "Another order of this store has this number.".to_owned();
                self.errors = vec![FaultBody { field: "number".to_owned(), message }];
            }
        }
    }
}

fn count(results: &[ResultJson]) -> CountsJson {
    let of = |status| results.iter().filter(|r| r.status == status).count();
    CountsJson {
        created: of(Status::Created),
        updated: of(Status::Updated),
        unchanged: of(Status::Unchanged),
        older: of(Status::Older),
        conflict: of(Status::Conflict),
        rejected: of(Status::Rejected),
    }
}
