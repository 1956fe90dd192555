//! Background work: what the jobs do, the registry of their kinds, the timetable, and the worker that runs them. The
//! queue itself, as rows, is `db::queue`; how to add a job says `docs/jobs.md`.

pub mod alarms;
pub mod backups;
pub mod cache;
pub mod context;
pub mod customers;
pub mod imports;
pub mod log;
pub mod mail;
pub mod named;
pub mod offsite;
pub mod orders;
pub mod outcome;
pub mod partitions;
pub mod people;
pub mod private;
pub mod reach;
pub mod registry;
pub mod schedule;
pub mod stock;
pub mod storage;
pub mod summaries;
pub mod tenants;
pub mod tools;
pub mod upkeep;
pub mod webhooks;
pub mod worker;

pub use context::Running;
pub use log::JobLog;
pub use named::run_named;
pub use outcome::{JobError, Outcome};
pub use registry::Kind;
pub use tools::Tools;
