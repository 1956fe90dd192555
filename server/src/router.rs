//! Every route in one place, and what surrounds it.

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use tower_http::csrf::ConfigError;

use crate::error::PageError;
use crate::middleware::{compression, csrf, envelope};
use crate::state::AppState;
use crate::{api, auth, events, files, health, home, pages};

/// The whole server.
///
/// # Errors
/// When the public address is no origin; the configuration has made sure that it is.
pub fn router(state: AppState) -> Result<Router, ConfigError> {
    let people = Router::new()
        .route("/", get(home::show))
        .merge(auth::routes::router(&state.sessions))
        .merge(pages::router())
        .method_not_allowed_fallback(|| async { PageError::rejected(http::StatusCode::METHOD_NOT_ALLOWED, "") })
        .layer(csrf::layer(&state.config.http.public_url)?);
    let built = format!("/{}/{{*file}}", state.config.site.pkg_dir);
    Ok(Router::new()
        .merge(people)
        .merge(api::router())
        .merge(events::router())
        .merge(health::router())
        .route(&built, get(files::built))
        .fallback(files::otherwise)
        .layer(compression::layer())
        .layer(from_fn_with_state(state.clone(), envelope::envelope))
        .with_state(state))
}
