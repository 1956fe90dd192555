//! The routes that begin and end sessions: the only ones that need the session itself. All others only ask who
//! is behind the cookie.

use super::{Needs, sign_in, sign_out};
use crate::routes::Routes;

/// Signing in and out; they want the layer of the sessions around them.
pub fn routes() -> Routes {
    Routes::new()
        .get("/login", Needs::Nothing, sign_in::show)
        .post("/login", Needs::Nothing, sign_in::submit)
        .post("/logout", Needs::Nothing, sign_out::here)
        .post("/account/sign-out-everywhere", Needs::SignedIn, sign_out::everywhere)
}
