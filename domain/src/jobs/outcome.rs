//! What one attempt at a job came to.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use crate::choices::choices;

/// What one attempt came to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[derive(Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase", parse_err_ty = String, parse_err_fn = unknown)]
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
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Whether something went wrong.
    pub const fn is_bad(self) -> bool {
        matches!(self, Self::Failed | Self::Dead | Self::Crashed | Self::Parked | Self::Stale)
    }
}

fn unknown(text: &str) -> String {
    format!("'{text}' is not a job result. Use one of {}.", choices::<RunOutcome>())
}
