//! One line a request. Reads, and what was refused, are written at level `debug` (`STOA_LOG=info,request=debug` shows
//! them): they are most of the traffic, and the metrics count them anyway. What was slow has a log of its own. No line holds a secret: `redact` decides what of an address is
//! written.

use std::time::Duration;

use axum::extract::{MatchedPath, Request};
use chrono::{DateTime, Utc};
use http::{Method, StatusCode, Uri};

use super::redact;
use crate::slow_requests::SlowRequest;

/// What is remembered of a request until its answer is known.
pub struct Seen {
    method: Method,
    uri: Uri,
    route: Option<MatchedPath>,
}

impl Seen {
    /// From a request and the route it took.
    pub fn of(request: &Request, route: Option<MatchedPath>) -> Self {
        Self { method: request.method().clone(), uri: request.uri().clone(), route }
    }

    /// Its method.
    pub const fn method(&self) -> &Method {
        &self.method
    }

    /// Its path.
    pub fn path(&self) -> &str {
        self.uri.path()
    }

    /// Whether its address holds a secret.
    pub fn is_secret(&self) -> bool {
        self.route().contains("{secret}")
    }

    /// Its route, as declared: few different ones, whatever people ask for.
    pub fn route(&self) -> &str {
        self.route.as_ref().map_or("unmatched", MatchedPath::as_str)
    }

    /// What is kept of it when it took too long.
    pub fn slow(&self, at: DateTime<Utc>, status: StatusCode, taken: Duration, request_id: &str) -> SlowRequest {
        SlowRequest {
            at,
            route: format!("{} {}", self.method, self.route()),
            status: status.as_u16(),
            micros: u64::try_from(taken.as_micros()).unwrap_or(u64::MAX),
            request_id: request_id.to_owned(),
        }
    }

    /// Whether a program is asking.
    pub fn is_api(&self) -> bool {
        is_api(self.uri.path())
    }
}

/// Whether a path belongs to the API.
pub fn is_api(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/")
}

/// Writes the line, and one more into the performance log when it took longer than `slow`.
pub fn write(seen: &Seen, status: StatusCode, taken: Duration, request_id: &str, slow: Duration) {
    let method = seen.method.as_str();
    let path = || redact::path(seen.route.as_ref(), seen.uri.path());
    // To the microsecond.
    let (status, milliseconds) = (status.as_u16(), taken.as_micros() as f64 / 1_000.0);
    if status >= 500 {
        tracing::error!(target: "request", method, path = path(), status, milliseconds, request_id);
    } else if status < 400 && !seen.method.is_safe() {
        tracing::info!(target: "request", method, path = path(), status, milliseconds, request_id);
    } else {
        tracing::debug!(target: "request", method, path = path(), status, milliseconds, request_id);
    }
    if taken >= slow {
        let (path, query) = (path(), redact::query(seen.uri.query().unwrap_or("")));
        let route = seen.route();
        tracing::warn!(target: "performance", method, path, query, route, status, milliseconds, request_id, "slow request");
    }
}
