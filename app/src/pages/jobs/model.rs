//! The data of a tenant's pages of jobs.

use std::collections::HashMap;

use db::queue::console::{Counts, JobDetail, JobRow, RunRow};
use domain::fields::FieldErrors;
use domain::jobs::{JobQuery, JobState};
use domain::page::{Page, Place};

use crate::frame::TenantFrame;
use crate::ui::Clock;

/// What the list shows.
#[derive(Clone, Debug)]
pub struct TenantJobs {
    /// What surrounds it.
    pub frame: TenantFrame,
    /// The filters, as far as they could be understood.
    pub query: JobQuery,
    /// The filters as they stand in the address: names and values.
    pub typed: Vec<(String, String)>,
    /// What could not be understood, and is ignored.
    pub faults: FieldErrors,
    /// How many jobs stand where.
    pub counts: Counts,
    /// What was found.
    pub found: Listed,
    /// Now.
    pub clock: Clock,
}

/// One page of a list of jobs.
#[derive(Clone, Debug)]
pub enum Listed {
    /// Live ones.
    Live(JobState, Page<JobRow, Place>),
    /// Attempts.
    Ended(Page<RunRow, Place>),
}

/// What the page of one job shows.
#[derive(Clone, Debug)]
pub struct TenantJob {
    /// What surrounds it.
    pub frame: TenantFrame,
    /// The job.
    pub job: JobDetail,
    /// The email addresses of its actors.
    pub people: HashMap<String, String>,
    /// Now.
    pub clock: Clock,
}
