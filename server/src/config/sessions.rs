//! How long people stay signed in.

use std::time::Duration;

use super::{Faults, Vars};

/// Both ends of a session.
#[derive(Clone, Copy, Debug)]
pub struct SessionTimes {
    /// Without a request.
    pub idle: Duration,
    /// In any case.
    pub absolute: Duration,
}

impl SessionTimes {
    pub(super) fn read(vars: &Vars, faults: &mut Faults) -> Self {
        let minutes: u64 = vars.number("STOA_SESSION_IDLE_MINUTES", 120, 5..=525_600, faults);
        let hours: u64 = vars.number("STOA_SESSION_HOURS", 168, 1..=8_760, faults);
        Self { idle: Duration::from_secs(minutes * 60), absolute: Duration::from_secs(hours * 3_600) }
    }
}
