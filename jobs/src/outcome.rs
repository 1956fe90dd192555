//! What an attempt at a job gives back.

use std::fmt;

use chrono::TimeDelta;

/// What an attempt came to. An error means: try again, later each time, until it is dead.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Done. The queue learns of it after the work: if the process dies in between, the work is done again.
    Done,
    /// Done, and finished in the transaction of its effect by `db::queue::finish`: exactly once. Return at once then.
    Finished,
    /// Call me again after this; it does not count as a try.
    Snooze(TimeDelta),
    /// There is nothing to do, for this reason.
    Cancel(String),
}

/// Why an attempt failed, in words. Made by `?` from any error.
#[derive(Clone, PartialEq, Eq)]
pub struct JobError(String);

impl JobError {
    /// From words.
    pub fn new(words: impl Into<String>) -> Self {
        Self(words.into())
    }

    /// The words.
    pub fn words(&self) -> &str {
        &self.0
    }
}

impl<E: std::error::Error> From<E> for JobError {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

impl fmt::Debug for JobError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for JobError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
