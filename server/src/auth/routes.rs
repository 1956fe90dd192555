//! The routes that begin and end sessions: the only ones that need the session itself. All others only ask who
//! is behind the cookie.

use axum::Router;
use axum::routing::{get, post};

use super::{sign_in, sign_out};
use crate::sessions::Sessions;
use crate::state::AppState;

/// Signing in and out.
pub fn router(sessions: &Sessions) -> Router<AppState> {
    Router::new()
        .route("/login", get(sign_in::show).post(sign_in::submit))
        .route("/logout", post(sign_out::here))
        .route("/account/sign-out-everywhere", post(sign_out::everywhere))
        .layer(sessions.layer())
}
