//! The data of the platform's pages of jobs.

use std::collections::HashMap;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use db::queue::alerts::Alert;
use db::queue::console::{Counts, EntryRow, JobDetail, LockRow, NoteRow, Point, QueueRow, Step, WorkerRow};
use domain::fields::FieldErrors;
use domain::ids::{JobId, TenantId};
use domain::jobs::JobQuery;

use crate::frame::PlatformFrame;
use crate::pages::jobs::Listed;
use crate::ui::Clock;

/// What the overview shows.
#[derive(Clone, Debug)]
pub struct Overview {
    /// What surrounds it.
    pub frame: PlatformFrame,
    /// What needs a person now.
    pub alerts: Vec<Alert>,
    /// How many jobs stand where.
    pub counts: Counts,
    /// How much time the charts show.
    pub span: Span,
    /// What ended in that time.
    pub points: Vec<Point>,
    /// The queues.
    pub queues: Vec<QueueRow>,
    /// Who works.
    pub workers: Vec<WorkerRow>,
    /// The timetable.
    pub entries: Vec<EntryRow>,
    /// Locks that are held.
    pub locks: Vec<LockRow>,
    /// What people changed lately.
    pub notes: Vec<NoteRow>,
    /// The email addresses of its actors.
    pub people: HashMap<String, String>,
    /// What was just done.
    pub done: Option<String>,
    /// Now.
    pub clock: Clock,
}

/// How much time the charts show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Span {
    /// The last hour, by minute.
    #[default]
    Hour,
    /// The last day, by hour.
    Day,
    /// The last week, by hour.
    Week,
}

impl Span {
    /// All of them, shortest first.
    pub const ALL: [Self; 3] = [Self::Hour, Self::Day, Self::Week];

    /// As it stands in an address.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
        }
    }

    /// Reads what stands in an address; anything unknown is an hour.
    pub fn read(text: &str) -> Self {
        Self::ALL.into_iter().find(|span| span.as_str() == text).unwrap_or_default()
    }

    /// The width of a bar.
    pub const fn step(self) -> Step {
        match self {
            Self::Hour => Step::Minute,
            Self::Day | Self::Week => Step::Hour,
        }
    }

    /// From the first bar to the end of the last, which is the one that `now` is in.
    pub fn around(self, now: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
        let to = now.duration_trunc(self.width()).unwrap_or(now) + self.width();
        (to - self.width() * self.bars(), to)
    }

    /// In words.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Hour => "1 hour",
            Self::Day => "24 hours",
            Self::Week => "7 days",
        }
    }

    /// The number of bars.
    pub(super) const fn bars(self) -> i32 {
        match self {
            Self::Hour => 60,
            Self::Day => 24,
            Self::Week => 168,
        }
    }

    /// The width of a bar, as a time.
    pub(super) fn width(self) -> TimeDelta {
        match self.step() {
            Step::Minute => TimeDelta::minutes(1),
            Step::Hour => TimeDelta::hours(1),
        }
    }
}

/// What the list of jobs shows.
#[derive(Clone, Debug)]
pub struct JobList {
    /// What surrounds it.
    pub frame: PlatformFrame,
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
    /// What was just done.
    pub done: Option<String>,
    /// Now.
    pub clock: Clock,
}

/// What the page of one job shows.
#[derive(Clone, Debug)]
pub struct OneJob {
    /// What surrounds it.
    pub frame: PlatformFrame,
    /// Whose it is.
    pub tenant: TenantId,
    /// Which it is.
    pub id: JobId,
    /// The job.
    pub job: JobDetail,
    /// The email addresses of its actors.
    pub people: HashMap<String, String>,
    /// What was just done.
    pub done: Option<String>,
    /// Now.
    pub clock: Clock,
}

/// What the page asks before a change.
#[derive(Clone, Debug)]
pub struct Confirm {
    /// What surrounds it.
    pub frame: PlatformFrame,
    /// The question.
    pub title: String,
    /// What follows, a sentence a line.
    pub words: Vec<String>,
    /// Where the answer goes.
    pub action: String,
    /// What goes along: names and values.
    pub hidden: Vec<(String, String)>,
    /// What the button says; none where there is nothing to do.
    pub label: Option<String>,
    /// Whether a reason is needed.
    pub asks_why: bool,
    /// Whether it cannot be taken back.
    pub is_final: bool,
    /// Where to go instead.
    pub back: String,
    /// The reason typed before.
    pub reason: String,
    /// What is wrong with it.
    pub faults: FieldErrors,
}
