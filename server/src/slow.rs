//! The last requests that took too long, for the page of the platform; the performance log has all of them.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};

/// How many are kept.
const KEPT: usize = 50;

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlowRequest {
    /// When it was answered.
    pub at: DateTime<Utc>,
    /// `GET /t/{tenant}`: as declared, so that it names nobody.
    pub route: String,
    /// The status of the answer.
    pub status: u16,
    /// How long it took, in microseconds.
    pub micros: u64,
    /// To be found in the logs.
    pub request_id: String,
}

/// The last of them.
#[derive(Default)]
pub struct SlowRequests(Mutex<VecDeque<SlowRequest>>);

impl SlowRequests {
    /// Keeps one more, in place of the oldest.
    pub fn keep(&self, request: SlowRequest) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.truncate(KEPT - 1);
        kept.push_front(request);
    }

    /// Those that are kept, the last first.
    pub fn list(&self) -> Vec<SlowRequest> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}
