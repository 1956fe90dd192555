//! Import runs: made, taken by one worker at a time, moved on batch by batch, settled. The reading of files
//! lies in `jobs`; here are the rows.
//!
//! A run is worked on under a *lease*: an owner, a time until which he may work, and a *fence*, a number that grows
//! whenever the run is taken. Every batch checks its fence in its own transaction, so a worker that was
//! thought dead and is not can no longer store anything.

mod claim;
mod create;
mod expire;
pub(crate) mod list;
mod problems;
mod prune;
mod queue;
mod settle;
mod show;

use chrono::{DateTime, Utc};
use domain::ids::{ImportId, StoreId};
use domain::imports::{Format, RunStatus, Summary};
use domain::money::Currency;
use domain::orders::OrderKind;
use serde::{Deserialize, Serialize};

pub use claim::{Claimed, LEASE, Lease, Taker, claim, release, renew};
pub use create::{Begin, Created, NewRun, create, known, relocate, start};
pub use expire::{UnusedFile, expire};
#[cfg(feature = "testing")]
pub use list::explain as explain_list;
pub use list::list;
#[cfg(feature = "testing")]
pub use problems::explain as explain_problems;
pub use problems::{MAX_STORED, ProblemKey, ProblemPage};
pub use prune::prune;
pub use queue::retry;
pub use settle::{ATTEMPTS, GaveUp, Progress, ROUNDS, checked, fail, finish, give_up, save};
pub use show::{show, show_with_problems};

use crate::access::Actor;
use crate::entities::{import_run, store};
use crate::error::DataError;
use crate::orders::place::Mode;

/// One attempt at importing a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Its id.
    pub id: ImportId,
    /// Where its orders go.
    pub store_id: StoreId,
    /// That store's name in addresses.
    pub store: String,
    /// That store's name.
    pub store_name: String,
    /// The layout of the file.
    pub format: Format,
    /// Whether orders that exist are replaced by newer states of them.
    pub mode: Mode,
    /// The file's name as its owner knows it.
    pub file_name: String,
    /// Where it lies.
    pub file_path: String,
    /// Its bytes.
    pub file_size: u64,
    /// Where the run stands.
    pub status: RunStatus,
    /// Why it failed, or what went wrong in the last attempt.
    pub error: Option<String>,
    /// What is stored so far.
    pub summary: Summary,
    /// What the check found.
    pub preview: Option<Preview>,
    /// The line up to which everything is settled.
    pub checkpoint: u64,
    /// How many data lines the file has, once it is known.
    pub total_lines: Option<u64>,
    /// How many problems were found, whether or not all are kept.
    pub problem_count: u64,
    /// How often it was taken since it last got further.
    pub attempts: i32,
    /// Until when a worker has it.
    pub lease_until: Option<DateTime<Utc>>,
    /// Who made it.
    pub actor: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When its first order was about to go in.
    pub started_at: Option<DateTime<Utc>>,
    /// When it was settled.
    pub finished_at: Option<DateTime<Utc>>,
}

impl Run {
    /// Whether `actor` may say that it starts: what a person uploaded is that person's to start. The server's own work goes
    /// on with whatever there is.
    pub fn is_started_by(&self, actor: Actor) -> bool {
        let is_servers = matches!(actor, Actor::Command | Actor::Job);
        is_servers || !self.actor.starts_with("user:") || self.actor == actor.to_string()
    }
}

/// What a check found: what the run would come to, and its first orders.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Preview {
    /// What the run would come to in an empty store.
    pub summary: Summary,
    /// The first orders of the file.
    pub first: Vec<PreviewOrder>,
}

/// An order as a check shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewOrder {
    /// Its first line in the file.
    pub line: u64,
    /// Its number.
    pub number: String,
    /// Sale or return.
    pub kind: OrderKind,
    /// When it was placed.
    pub placed_at: DateTime<Utc>,
    /// Who bought, as far as the file tells.
    pub customer: Option<String>,
    /// How many lines it has.
    pub items: u64,
    /// The currency of its total.
    pub currency: Currency,
    /// Its total in minor units.
    pub total: i64,
}

impl Run {
    /// The run with the store that its orders go to.
    fn of(run: import_run::Model, store: &store::Model) -> Result<Self, DataError> {
        let json = |error: serde_json::Error| DataError::Corrupt(format!("import_runs: {error}"));
        // A run that has not begun has {} for a summary.
        let is_empty = run.summary.as_object().is_none_or(serde_json::Map::is_empty);
        let summary = if is_empty { Summary::default() } else { serde_json::from_value(run.summary).map_err(json)? };
        Ok(Self {
            id: run.id.into(),
            store_id: run.store_id.into(),
            store: store.slug.clone(),
            store_name: store.name.clone(),
            format: *run.format,
            mode: if run.updates_orders { Mode::Update } else { Mode::Create },
            file_name: run.file_name,
            file_path: run.file_path,
            file_size: unsigned(run.file_size),
            status: *run.status,
            error: run.error,
            summary,
            preview: run.preview.map(serde_json::from_value).transpose().map_err(json)?,
            checkpoint: unsigned(run.checkpoint),
            total_lines: run.total_lines.map(unsigned),
            problem_count: unsigned(run.problem_count),
            attempts: run.attempts,
            lease_until: run.lease_until,
            actor: run.actor,
            created_at: run.created_at,
            started_at: run.started_at,
            finished_at: run.finished_at,
        })
    }
}

fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
