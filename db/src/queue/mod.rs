//! The job queue as rows: enqueued in the caller's transaction, claimed fairly between tenants, settled once,
//! rescued when a worker dies. What the jobs do lies in the crate `jobs`; for pages and the command line there is
//! [`console`].
//!
//! A running job is held under a [`Lease`]: worker and fence. The fence grows with each taking and each rescue, and every
//! write about the job names it, so what a worker does that was thought dead and is not, is refused.

pub mod alerts;
pub mod console;
pub mod engine;
pub mod locks;
pub mod timetable;

mod bell;
mod enqueue;
mod finish;
mod minutes;
mod prune;

use chrono::{DateTime, Utc};
use domain::ids::{JobId, TenantId, WorkerId};
use serde_json::Value;

pub(crate) use bell::{Bell, send as ring};
pub use enqueue::{enqueue, enqueue_all, enqueue_for_platform, hasten};
pub use finish::{finish, forgive};
pub use minutes::Minutes;
pub use prune::prune;

/// The queues, each with places of its own in every worker: long work never holds up short.
pub const QUEUES: [&str; 4] = ["default", "heavy", "mail", "webhooks"];

/// A job to be done.
#[derive(Clone, Debug, PartialEq)]
pub struct NewJob {
    /// Which work, by its name in the registry.
    pub kind: &'static str,
    /// What it is about: ids only, because rows may change before it runs.
    pub payload: Value,
    /// Unique among the live jobs of the tenant and kind: a second one is not made.
    pub key: Option<String>,
    /// One of [`QUEUES`].
    pub queue: &'static str,
    /// Lower goes first, within one tenant and queue.
    pub priority: i16,
    /// Not before this; at once when absent.
    pub run_at: Option<DateTime<Utc>>,
    /// Tries before it is dead.
    pub max_attempts: i16,
}

impl NewJob {
    /// A job of this kind in the queue `default`, at once, with five tries.
    pub const fn new(kind: &'static str, payload: Value) -> Self {
        Self { kind, payload, key: None, queue: "default", priority: 0, run_at: None, max_attempts: 5 }
    }
}

/// The right to work on a job and to say what came of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Lease {
    /// Whose job it is; nil for the installation's own.
    pub tenant: TenantId,
    /// The job.
    pub job: JobId,
    /// Who holds it.
    pub worker: WorkerId,
    /// Which taking of the job it is.
    pub fence: i64,
}
