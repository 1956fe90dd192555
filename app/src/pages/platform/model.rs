//! The data of the platform's pages.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use db::backups::{Backup, Summary};
use db::cache::Figures;
use db::health::DatabaseHealth;
use db::partitions::Overview;
use db::platform::Census;
use db::queue::alerts::Alert;
use db::queue::console::Counts;
use domain::backups::{Alarm, Kind};
use domain::fields::FieldErrors;
use domain::ids::TenantId;
use domain::page::{Page, Place};

use crate::frame::PlatformFrame;
use crate::ui::Clock;

/// What the board shows.
#[derive(Clone, Debug)]
pub struct Board {
    /// What surrounds it.
    pub frame: PlatformFrame,
    /// How PostgreSQL is.
    pub database: DatabaseHealth,
    /// How long a round trip to it took, in microseconds.
    pub round_trip: i64,
    /// Whether Redis answers; none when there is none.
    pub redis: Option<bool>,
    /// How the cache is.
    pub cache: Figures,
    /// Every route that was asked, the slowest first.
    pub routes: Vec<RouteRow>,
    /// How many tenants there are.
    pub census: Census,
    /// How the queue is.
    pub jobs: JobHealth,
    /// How the partitions are.
    pub partitions: Overview,
    /// How backups are.
    pub backups: BackupHealth,
    /// Now.
    pub clock: Clock,
}

/// How the queue is.
#[derive(Clone, Debug)]
pub struct JobHealth {
    /// What needs a person.
    pub alerts: Vec<Alert>,
    /// How many jobs stand where.
    pub counts: Counts,
}

/// How backups are.
#[derive(Clone, Debug)]
pub struct BackupHealth {
    /// What is wrong.
    pub alarms: Vec<Alarm>,
    /// All of them in figures.
    pub summary: Arc<Summary>,
}

/// What the list of backups shows.
#[derive(Clone, Debug)]
pub struct Backups {
    /// What surrounds it.
    pub frame: PlatformFrame,
    /// Of one kind alone.
    pub kind: Option<Kind>,
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
    /// The names of the tenants that something is wrong with.
    pub names: HashMap<TenantId, String>,
    /// What was just done.
    pub done: Option<&'static str>,
    /// When the next whole one is due.
    pub due: DateTime<Utc>,
    /// Now.
    pub clock: Clock,
}

/// What the page of one backup shows.
#[derive(Clone, Debug)]
pub struct OneBackup {
    /// What surrounds it.
    pub frame: PlatformFrame,
    /// The backup.
    pub backup: Backup,
    /// What bringing it back would do, a sentence a step; or why it cannot be brought back.
    pub plan: Result<Vec<String>, String>,
    /// Now.
    pub clock: Clock,
}

/// What the page of the cache shows.
#[derive(Clone, Debug)]
pub struct CachePage {
    /// What surrounds it.
    pub frame: PlatformFrame,
    /// How the cache is.
    pub figures: Figures,
    /// Whether Redis answers; none when there is none.
    pub redis: Option<bool>,
    /// When the process began.
    pub since: DateTime<Utc>,
    /// Now.
    pub clock: Clock,
}

/// What the page of partitions shows.
#[derive(Clone, Debug)]
pub struct Partitions {
    /// What surrounds it.
    pub frame: PlatformFrame,
    /// How the partitions are.
    pub overview: Overview,
    /// What was just done.
    pub done: Option<&'static str>,
    /// Now.
    pub clock: Clock,
}

/// What the page of response times shows.
#[derive(Clone, Debug)]
pub struct Performance {
    /// What surrounds it.
    pub frame: PlatformFrame,
    /// Every route that was asked, the slowest first.
    pub routes: Vec<RouteRow>,
    /// Requests that took too long, the last first.
    pub slow: Vec<SlowRow>,
    /// What is too long, in milliseconds.
    pub too_long: u128,
    /// When the process began.
    pub since: DateTime<Utc>,
    /// Now.
    pub clock: Clock,
}

/// A route. Times are microseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RouteRow {
    /// `GET /t/{tenant}`.
    pub route: String,
    /// How often it was answered.
    pub answers: u64,
    /// How many of these tell of a fault of ours.
    pub failed: u64,
    /// Half of the answers took no longer.
    pub median: u64,
    /// Nineteen of twenty took no longer.
    pub most: u64,
    /// The longest.
    pub longest: u64,
}

/// A request that took too long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlowRow {
    /// When.
    pub at: DateTime<Utc>,
    /// Its route.
    pub route: String,
    /// The status of its answer.
    pub status: u16,
    /// How long it took, in microseconds.
    pub micros: u64,
    /// Its id in the logs.
    pub request_id: String,
}
