//! How large a request may be and how long it may take, by route.

use std::time::Duration;

use axum::extract::DefaultBodyLimit;
use http::Method;

use crate::config::Http;

const MB: usize = 1024 * 1024;

/// The route that takes uploads.
pub const UPLOADS: &str = "/t/{tenant}/imports";
/// The route that takes many orders at once.
pub const BATCHES: &str = "/api/v1/orders/batch";

/// The limits of one route.
#[derive(Clone, Copy, Debug)]
pub struct RequestLimits {
    /// The size of the body.
    pub body: DefaultBodyLimit,
    /// The time until the response begins; streams may take longer.
    pub time: Duration,
}

/// The limits of `method` on `route`.
pub fn of(method: &Method, route: &str, config: &Http) -> RequestLimits {
    let (bytes, seconds) = match route {
        // The form's other fields come on top of the file.
        UPLOADS if method == Method::POST => (config.upload_limit.saturating_add(MB), 3_600),
        BATCHES => (32 * MB, 120),
        _ => (MB, 30),
    };
    RequestLimits { body: DefaultBodyLimit::max(bytes), time: Duration::from_secs(seconds) }
}
