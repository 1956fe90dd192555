//! `POST /api/v1/orders/batch`.

use std::collections::BTreeMap;

use axum::extract::{Request, State};
use chrono::{DateTime, Utc};
use db::DataError;
use db::idempotency::{Answer, Key, request_hash};
use db::orders::accept::{Accepted, Group, GroupResult, Sent, accept};
use db::orders::place::Placed;
use domain::fields::{FieldError, FieldErrors};
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
use super::super::repeat::{self, Reply};
use super::super::schema::NewBatchBody;
use crate::auth::KeyAccess;
use crate::error::Problem;
use crate::state::AppState;

/// The path, as it enters the hash of a request.
const PATH: &str = "/api/v1/orders/batch";
/// Largest body, bytes.
const LIMIT: usize = 32 << 20;
/// Most orders, whatever the tier allows.
const MOST: usize = 1_000;
/// Most faults of a report: beyond them each order that is refused tells one.
const MOST_FAULTS: usize = 5_000;
/// As much of a number is repeated: no valid one is longer.
const NUMBER_SHOWN: usize = 64;

/// What became of a batch.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BatchReport)]
pub struct ReportJson {
    /// How many of each.
    pub counts: CountsJson,
    /// One entry per order, in their order.
    pub results: Vec<ResultJson>,
}

/// How many orders of a batch had which fate.
#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
#[schema(as = BatchCounts)]
pub struct CountsJson {
    /// Stored now.
    pub created: usize,
    /// Stored before, with the same content.
    pub unchanged: usize,
    /// Not stored: their numbers are taken by other orders.
    pub conflict: usize,
    /// Not stored: they have faults.
    pub rejected: usize,
}

/// What became of one order of a batch.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BatchResult)]
pub struct ResultJson {
    /// Place in the batch, from 0.
    pub index: usize,
    /// What became of it.
    pub status: Status,
    /// The order's id, when it is stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<uuid::Uuid>, nullable = false)]
    pub id: Option<OrderId>,
    /// Its number, as far as it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub number: Option<String>,
    /// Its faults.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<FaultBody>,
    /// What was cut, cleaned or left out of it, when it is stored now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub adjusted: Vec<FaultBody>,
}

/// What became of one order of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = BatchStatus)]
pub enum Status {
    /// Stored now.
    Created,
    /// Stored before, with the same content.
    Unchanged,
    /// Its number is taken by another order.
    Conflict,
    /// It has faults.
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

/// Place many orders
///
/// Up to 1,000 orders (fewer where the tier says so) of any of the tenant's stores in one transaction. Each is judged by itself: good ones are stored,
/// and the report says of every one what became of it. Sending a batch again is safe: what is stored is `unchanged`.
#[utoipa::path(post, path = "/api/v1/orders/batch", tag = "Orders", operation_id = "placeOrders",
    params(("Idempotency-Key" = Option<String>, Header, max_length = 255,
        description = "For the batch as a whole: the report is repeated byte for byte")),
    request_body(content = NewBatchBody, description = "At most 32 MiB."),
    security(("key" = ["orders:write"])),
    responses((status = 200, description = "The report", body = ReportJson), Refusals, BodyRefusals))]
pub async fn create(State(state): State<AppState>, key: KeyAccess, request: Request) -> Result<Reply, Problem> {
    let scope = key.scope(Permission::WriteOrders)?;
    let repeat_key = repeat::key(request.headers())?;
    let (body, _held) = body::read(request, LIMIT, &state.bodies).await?;
    let plan = db::limits::plan(scope.db(), scope.tenant()).await?;
    let most = plan.terms.allowed(Limit::BatchOrders).and_then(|most| usize::try_from(most).ok()).unwrap_or(MOST);
    let (size, now) = (body.len(), scope.now());
    let reading = move || {
        let batch = Batch::read(&body, most.min(MOST), now)?;
        let key = repeat_key.map(|key| Key { request: request_hash(PATH, &body), key });
        Ok::<_, Problem>((batch, key))
    };
    let (batch, key) = state.bodies.read(size, reading).await?;
    let groups: Vec<Group<'_>> =
        batch.stores.iter().map(|(store, waiting)| Group { store, orders: &waiting.orders }).collect();
    let report = |results: &[GroupResult]| batch.report(results).map(Some);
    match accept(&scope, &groups, Sent::AsBatch, key.as_ref(), report).await? {
        Accepted::Stored(answer) => Reply::first(answer),
        Accepted::Claimed(claim) => Reply::to_claimed(claim),
        Accepted::NotStored(_) => Err(DataError::Corrupt("a batch was not answered".into()).into()),
    }
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
            errors.add_if(found == 0, "orders", "must hold at least one order");
            errors.add_if(found > most, "orders", format!("must hold at most {most} orders; these are {found}"));
        } else {
            errors.add("body", "must be a list of orders, or an object with nothing but one under \"orders\"");
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
        if !matches!(placed, Placed::Stored(_)) {
            self.adjusted.clear();
        }
        match placed {
            Placed::Stored(id) => (self.status, self.id) = (Status::Created, Some(id)),
            Placed::Unchanged(id) => (self.status, self.id) = (Status::Unchanged, Some(id)),
            Placed::Conflict(_) => {
                self.status = Status::Conflict;
                let message = "is taken by another order of this store".to_owned();
                self.errors = vec![FaultBody { field: "number".to_owned(), message }];
            }
        }
    }
}

fn count(results: &[ResultJson]) -> CountsJson {
    let of = |status| results.iter().filter(|r| r.status == status).count();
    CountsJson {
        created: of(Status::Created),
        unchanged: of(Status::Unchanged),
        conflict: of(Status::Conflict),
        rejected: of(Status::Rejected),
    }
}
