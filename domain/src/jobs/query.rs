//! The filters of a list of jobs: read from a query string and printed back to one.

use std::str::FromStr;

use chrono::NaiveDate;

use super::{JobState, RunOutcome};
use crate::fields::{FieldErrors, UNKNOWN};
use crate::orders::query::{NO_PERIOD, day};
use crate::page::{Place, Seal};

/// How the installation itself is called where tenants are named; no tenant can be.
pub const INSTALLATION: &str = "-";

/// What to list. The default is the jobs that run now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobQuery {
    /// Live jobs of one state, or attempts that ended.
    pub view: JobView,
    /// Slug of a tenant, or [`INSTALLATION`].
    pub tenant: Option<String>,
    /// Of this kind.
    pub kind: Option<String>,
    /// In this queue; live jobs only.
    pub queue: Option<String>,
    /// With this key, exactly.
    pub key: Option<String>,
    /// Whose error holds these words.
    pub q: Option<String>,
    /// First day, by the clock of the page.
    pub from: Option<NaiveDate>,
    /// Last day, by the clock of the page.
    pub to: Option<NaiveDate>,
    /// Where the page begins.
    pub cursor: Option<Place>,
}

/// Live jobs of one state, or attempts that ended, all or with one outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobView {
    /// Live jobs.
    Live(JobState),
    /// Attempts.
    Ended(Option<RunOutcome>),
}

impl Default for JobView {
    fn default() -> Self {
        Self::Live(JobState::Running)
    }
}

impl JobQuery {
    /// The names of the filters in an address.
    pub const NAMES: [&str; 10] = ["state", "outcome", "tenant", "kind", "queue", "key", "q", "from", "to", "cursor"];

    /// Everything of one view.
    pub fn of(view: JobView) -> Self {
        Self { view, ..Self::default() }
    }

    /// What can be understood of `pairs`, and every fault of the rest. Days that do not
    /// go together are both left out.
    pub fn understood<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>, seal: &Seal) -> (Self, FieldErrors) {
        let (mut query, mut outcome) = (Self::default(), None);
        let mut faults = FieldErrors::of_pairs(pairs, |name, value| match name {
            "outcome" => RunOutcome::from_str(value).map(|found| outcome = Some(found)),
            name => query.set(name, value, seal),
        });
        if let JobView::Ended(chosen) = &mut query.view {
            *chosen = outcome;
        }
        if let (Some(from), Some(to)) = (query.from, query.to)
            && to < from
        {
            faults.add("to", "Enter an end date after the start date.");
            faults.add("from", NO_PERIOD);
            (query.from, query.to) = (None, None);
        }
        (query, faults)
    }

    /// The filters as pairs of a query string, in a fixed order.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let (state, outcome) = match self.view {
            JobView::Live(state) => (state.as_str(), None),
            JobView::Ended(outcome) => ("ended", outcome.map(|o| o.as_str().to_owned())),
        };
        let pairs = [
            ("state", Some(state.to_owned())),
            ("outcome", outcome),
            ("tenant", self.tenant.clone()),
            ("kind", self.kind.clone()),
            ("queue", self.queue.clone()),
            ("key", self.key.clone()),
            ("q", self.q.clone()),
            ("from", self.from.map(|day| day.to_string())),
            ("to", self.to.map(|day| day.to_string())),
            ("cursor", self.cursor.map(|place| place.text().to_owned())),
        ];
        pairs.into_iter().filter_map(|(name, value)| value.map(|v| (name, v))).collect()
    }

    /// The same filters, from `cursor` on.
    pub fn at(&self, cursor: Option<Place>) -> Self {
        Self { cursor, ..self.clone() }
    }

    /// Whether anything but the view and the page is chosen.
    pub fn is_filtered(&self) -> bool {
        let everything = Self { view: self.view, cursor: self.cursor, ..Self::default() };
        *self != everything
    }

    fn set(&mut self, name: &str, value: &str, seal: &Seal) -> Result<(), String> {
        match name {
            "state" if value == "ended" => self.view = JobView::Ended(None),
            "state" => self.view = JobView::Live(value.parse()?),
            "tenant" => self.tenant = Some(short(value)?),
            "kind" => self.kind = Some(short(value)?),
            "queue" => self.queue = Some(short(value)?),
            "key" => self.key = Some(short(value)?),
            "q" => self.q = Some(short(value)?),
            "from" => self.from = Some(day(value)?),
            "to" => self.to = Some(day(value)?),
            "cursor" => self.cursor = Some(seal.open(value)?),
            _ => return Err(UNKNOWN.into()),
        }
        Ok(())
    }
}

fn short(text: &str) -> Result<String, String> {
    if text.chars().count() > 200 { Err("Use at most 200 characters.".into()) } else { Ok(text.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::seal;

    #[test]
    fn a_query_prints_back_to_itself() {
        let pairs = [("state", "ended"), ("outcome", "failed"), ("tenant", "demo"), ("kind", "x"), ("q", "a b")];
        let (query, faults) = JobQuery::understood(pairs, &seal());
        assert!(faults.is_empty() && query.is_filtered());
        assert_eq!(query.pairs(), pairs.map(|(n, v)| (n, v.to_owned())));
        assert_eq!(
            JobQuery::understood([("outcome", "failed")], &seal()).0,
            JobQuery::default(),
            "live jobs have no outcome"
        );
    }

    #[test]
    fn every_fault_is_named_and_the_rest_stays() {
        let pairs = [("state", "gone"), ("outcome", "x"), ("from", "y"), ("cursor", "z"), ("kind", "k")];
        let (query, faults) = JobQuery::understood(pairs, &seal());
        assert_eq!(
            faults.0.iter().map(|f| f.field.as_str()).collect::<Vec<_>>(),
            ["state", "outcome", "from", "cursor"]
        );
        assert_eq!((query.view, query.kind.as_deref()), (JobView::default(), Some("k")));
        let backwards = JobQuery::understood([("from", "2026-03-02"), ("to", "2026-03-01")], &seal());
        assert_eq!(backwards.1.0[0].field, "to");
    }
}
