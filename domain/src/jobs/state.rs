//! Where a live job stands. A job that is done, cancelled or deleted is no longer live.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use crate::choices::choices;

/// Where a live job stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[derive(Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase", parse_err_ty = String, parse_err_fn = unknown)]
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
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Whether nothing more happens to it unless a person acts.
    pub const fn needs_a_person(self) -> bool {
        matches!(self, Self::Dead | Self::Parked)
    }
}

fn unknown(text: &str) -> String {
    format!("'{text}' is not a job status. Use one of {}.", choices::<JobState>())
}
