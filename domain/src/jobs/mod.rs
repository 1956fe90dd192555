//! Background work: the states of a job, what an attempt came to, and how long to wait before the next.

mod backoff;
pub mod kinds;
mod outcome;
mod query;
mod state;

pub use backoff::{CAP, backoff};
pub use outcome::RunOutcome;
pub use query::{INSTALLATION, JobQuery, JobView};
pub use state::JobState;

/// How often the process that runs a job may die before the job is parked.
pub const CRASHES: i16 = 3;
