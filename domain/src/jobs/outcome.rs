//! What one attempt at a job came to.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What one attempt came to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunOutcome {
    /// The work is done.
    Done,
    /// It failed and is tried again later.
    Failed,
    /// It failed for the last time.
    Dead,
    /// It asked to be called again later, or its worker was stopping; does not count as a try.
    Snoozed,
    /// It found that there is nothing to do, or a person called it off.
    Cancelled,
    /// Its process died; another worker takes it up.
    Crashed,
    /// Its process died once too often.
    Parked,
    /// Its worker was thought dead, came back, and was refused.
    Stale,
}

impl RunOutcome {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Done,
        Self::Failed,
        Self::Dead,
        Self::Snoozed,
        Self::Cancelled,
        Self::Crashed,
        Self::Parked,
        Self::Stale,
    ];

    /// As stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Dead => "dead",
            Self::Snoozed => "snoozed",
            Self::Cancelled => "cancelled",
            Self::Crashed => "crashed",
            Self::Parked => "parked",
            Self::Stale => "stale",
        }
    }

    /// Whether something went wrong.
    pub const fn is_bad(self) -> bool {
        matches!(self, Self::Failed | Self::Dead | Self::Crashed | Self::Parked | Self::Stale)
    }
}

impl fmt::Display for RunOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for RunOutcome {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = || Self::ALL.map(Self::as_str).join(", ");
        Self::ALL
            .into_iter()
            .find(|o| o.as_str() == text)
            .ok_or_else(|| format!("'{text}' is not a job result. Use one of {}.", known()))
    }
}
