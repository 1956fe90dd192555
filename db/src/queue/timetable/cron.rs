//! Cron patterns in a time zone.
//!
//! When clocks change, no tick is lost and none comes twice. Ticks are instants, each later than the one before, so an hour
//! that happens twice cannot bring the same tick back. What is due at a time that the clocks leap over, comes with the leap.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use croner::Cron;

use crate::error::DataError;

/// When something ticks.
#[derive(Clone, Debug)]
pub struct Timing {
    cron: Cron,
    zone: Tz,
}

/// A pattern or zone that makes no sense.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TimingError {
    /// The pattern cannot be read.
    #[error("'{0}' is not a cron pattern of five fields: {1}")]
    Cron(String, String),
    /// There is no such zone.
    #[error("there is no time zone '{0}'; use an IANA name such as Europe/London")]
    Zone(String),
    /// It never ticks.
    #[error("'{0}' never ticks again")]
    Never(String),
}

impl Timing {
    /// Reads a pattern of five fields in a zone.
    ///
    /// # Errors
    /// When either makes no sense.
    pub fn new(cron: &str, zone: &str) -> Result<Self, TimingError> {
        let fault = |words: String| TimingError::Cron(cron.to_owned(), words);
        if cron.split_whitespace().count() != 5 {
            return Err(fault("it has another number of fields".into()));
        }
        Ok(Self {
            cron: Cron::from_str(cron).map_err(|error| fault(error.to_string()))?,
            zone: zone.parse().map_err(|_| TimingError::Zone(zone.to_owned()))?,
        })
    }

    /// The first tick after `at`.
    ///
    /// # Errors
    /// When there is none.
    pub fn after(&self, at: DateTime<Utc>) -> Result<DateTime<Utc>, DataError> {
        let next = self.cron.find_next_occurrence(&at.with_timezone(&self.zone), false);
        next.map(|next| next.with_timezone(&Utc)).map_err(|_| TimingError::Never(self.cron.pattern.to_string()).into())
    }
}

impl From<TimingError> for DataError {
    fn from(error: TimingError) -> Self {
        Self::Refused(error.to_string())
    }
}
