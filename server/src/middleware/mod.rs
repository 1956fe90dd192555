//! What surrounds every handler. One layer does most of it, because seven cost seven allocations a request.

pub mod address;
pub mod compression;
pub mod cookies;
pub mod crowd;
pub mod csrf;
pub mod current;
pub mod envelope;
mod error_frames;
pub mod host;
mod plain_errors;
pub mod redact;
pub mod request_limits;
pub mod request_log;
pub mod security_headers;
