//! The sign-in page as a response.

use app::pages::sign_in::{SignIn, page};
use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;

use crate::middleware::current;
use crate::state::AppState;

/// The form, with what was typed and what was wrong with it.
pub fn answer(state: &AppState, status: StatusCode, email: &str, next: &str, fault: Option<&str>) -> Response {
    let form = SignIn {
        email: email.to_owned(),
        fault: fault.map(str::to_owned),
        done: None,
        next: (next != "/").then(|| next.to_owned()),
        theme: current::theme(),
        demo: state.config.demo,
    };
    (status, Html(page(form).with_nonce(&current::nonce()))).into_response()
}
