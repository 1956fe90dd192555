//! Where a live job stands. A job that is done, cancelled or deleted is no longer live.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Where a live job stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JobState {
    /// Waits for a free worker.
    Ready,
    /// Waits for its time.
    Scheduled,
    /// A worker is at it.
    Running,
    /// Failed as often as it may; waits for a person.
    Dead,
    /// Its process died as often as it may; waits for a person.
    Parked,
}

impl JobState {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Ready, Self::Scheduled, Self::Running, Self::Dead, Self::Parked];

    /// As stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Scheduled => "scheduled",
            Self::Running => "running",
            Self::Dead => "dead",
            Self::Parked => "parked",
        }
    }

    /// Whether nothing more happens to it unless a person acts.
    pub const fn needs_a_person(self) -> bool {
        matches!(self, Self::Dead | Self::Parked)
    }
}

impl fmt::Display for JobState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for JobState {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = || Self::ALL.map(Self::as_str).join(", ");
        Self::ALL
            .into_iter()
            .find(|s| s.as_str() == text)
            .ok_or_else(|| format!("'{text}' is not a job status. Use one of {}.", known()))
    }
}
