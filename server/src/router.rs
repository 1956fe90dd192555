//! Every route in one place, and what surrounds it.

use axum::Router;
use axum::middleware::from_fn_with_state;
use tower_http::csrf::ConfigError;

use crate::auth::Needs;
use crate::error::PageError;
use crate::middleware::{compression, csrf, envelope};
use crate::routes::{Declared, Routes};
use crate::sessions::keep_cookie;
use crate::state::AppState;
use crate::{api, auth, events, files, health, home, pages};

/// The whole server.
///
/// # Errors
/// When the public address is no origin; the configuration has made sure that it is.
pub fn router(state: AppState) -> Result<Router, ConfigError> {
    let people = auth::routes::routes()
        .layer(state.sessions.layer())
        .layer(from_fn_with_state(state.clone(), keep_cookie))
        .merge(people())
        .with_ways_back()
        .into_router()
        .method_not_allowed_fallback(|| async { PageError::rejected(http::StatusCode::METHOD_NOT_ALLOWED, "") })
        .layer(csrf::layer(&state.config.http.public_url)?);
    let programs = api::routes()
        .layer(from_fn_with_state(state.clone(), api::rate_limits::gate))
        .into_router()
        .method_not_allowed_fallback(api::method_not_allowed);
    Ok(people
        .merge(programs)
        .merge(others(&state).into_router())
        .fallback(files::otherwise)
        .layer(compression::layer())
        .layer(from_fn_with_state(state.clone(), envelope::envelope))
        .with_state(state))
}

/// Every route and what it needs. Beside them there is only the fallback: public files, or nothing.
pub fn table(state: &AppState) -> Vec<Declared> {
    let people = auth::routes::routes().merge(people()).with_ways_back();
    people.merge(api::routes()).merge(others(state)).into_table()
}

fn people() -> Routes {
    Routes::new().get("/", Needs::SignedIn, home::show).merge(pages::routes())
}

fn others(state: &AppState) -> Routes {
    let built = format!("/{}/{{*file}}", state.config.site.pkg_dir);
    events::routes().merge(health::routes()).get(&built, Needs::Nothing, files::built)
}
