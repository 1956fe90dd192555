//! The data of a tenant's page of backups.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use db::backups::{Backup, Summary};
use domain::backups::Alarm;
use domain::fields::FieldErrors;
use domain::page::{Page, Place};

use crate::frame::TenantFrame;
use crate::ui::Clock;

/// What the page shows.
#[derive(Clone, Debug)]
pub struct TenantBackups {
    /// What surrounds it.
    pub frame: TenantFrame,
    /// The query of the address as it was typed: names and values.
    pub typed: Vec<(String, String)>,
    /// What of it could not be understood, and is ignored.
    pub faults: FieldErrors,
    /// One page of backups.
    pub page: Page<Backup, Place>,
    /// All of them in figures.
    pub summary: Arc<Summary>,
    /// What is wrong.
    pub alarms: Vec<Alarm>,
    /// When the next is due.
    pub due: DateTime<Utc>,
    /// Whether whoever looks may ask for one now.
    pub may_ask: bool,
    /// What was just done.
    pub done: Option<&'static str>,
    /// For how many days they are kept.
    pub days: u32,
    /// Now.
    pub clock: Clock,
}
