//! Writes by people come from our own pages: browsers say so in `Sec-Fetch-Site` or `Origin`, which no site can
//! forge. For the routes that a session cookie opens; programs come with a key, which no browser adds by itself.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use tower_http::csrf::{ConfigError, CsrfLayer, ProtectionError};

use crate::error::PageError;

/// How a refusal is answered.
pub type Refuse = fn(ProtectionError) -> Response<Body>;

/// The layer. `public_url` counts as our own even where a proxy rewrites `Host`.
///
/// # Errors
/// When `public_url` is no origin; the configuration has made sure that it is.
pub fn layer(public_url: &str) -> Result<CsrfLayer<Refuse>, ConfigError> {
    Ok(CsrfLayer::new().add_trusted_origin(public_url)?.with_rejection_response(refuse as Refuse))
}

fn refuse(_: ProtectionError) -> Response {
    PageError::CrossSite.into_response()
}
