//! The queue as people see it: counts, charts, lists, one job, why it waits; and what they may do about it. What the
//! platform's people see takes a [`crate::platform::Platform`], what a tenant sees of its own jobs a [`crate::Scope`].
//! Every change takes a [`By`] and leaves a note.

mod change;
mod counts;
mod history;
mod jobs;
mod locks;
mod notes;
mod queues;
mod schedule;
mod series;
mod show;
pub(super) mod waiting;
mod workers;

pub use change::{Action, Changed, Chosen, MOST, change};
pub use counts::{Capped, Counts, counts, counts_of};
#[cfg(feature = "testing")]
pub use history::explain_history;
pub use history::{RunFilter, RunRow, WINDOW, history, history_of};
pub use jobs::{JobFilter, JobRow, jobs, jobs_of};
pub use locks::{LockRow, break_lock, locks};
pub use notes::{By, NoteRow, notes};
pub use queues::{QueueRow, pause, queues, resume};
pub use schedule::{EntryRow, disable, enable, run_now, schedule};
pub use series::{Point, Step, series};
pub use show::{JobDetail, LogLine, RunDetail, show, show_of};
pub use waiting::Waiting;
pub use workers::{AtWork, WorkerRow, workers};

pub use crate::entities::enums::{WaitsFor, WorkerState};
