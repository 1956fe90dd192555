//! The last slow requests, for the platform's performance page. The performance log has all of them.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};

/// How many are stored.
const MOST: usize = 50;

/// A request that took longer than `STOA_SLOW_MS`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlowRequest {
    /// When its response was ready.
    pub at: DateTime<Utc>,
    /// `GET /t/{tenant}`: the declared route, which holds no data of a tenant.
    pub route: String,
    /// The status of the response.
    pub status: u16,
    /// How long it took, in microseconds.
    pub micros: u64,
    /// Its ID, by which the logs name it too.
    pub request_id: String,
}

/// The last slow requests.
#[derive(Default)]
pub struct SlowRequests(Mutex<VecDeque<SlowRequest>>);

impl SlowRequests {
    /// Stores one more, in place of the oldest.
    pub fn keep(&self, request: SlowRequest) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.truncate(MOST - 1);
        kept.push_front(request);
    }

    /// The stored requests, newest first.
    pub fn list(&self) -> Vec<SlowRequest> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}
