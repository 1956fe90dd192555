//! The sign-in page as a response.

use app::pages::sign_in::{SignIn, page};
use axum::response::Response;
use http::StatusCode;

use crate::middleware::current;
use crate::pages::answer;
use crate::state::AppState;

/// The form, with what was typed and what was wrong with it.
pub async fn form(state: &AppState, status: StatusCode, email: &str, next: &str, fault: Option<&str>) -> Response {
    with(
        state,
        status,
        SignIn {
            email: email.to_owned(),
            fault: fault.map(str::to_owned),
            next: (next != "/").then(|| next.to_owned()),
            ..SignIn::default()
        },
    )
    .await
}

/// The form while the account's limit is reached: with an authenticator app, both steps at once still sign in.
pub async fn locked(state: &AppState, email: &str, next: &str) -> Response {
    let fault = "Too many attempts. Wait 15 minutes, then try again. If you use an authenticator app, enter its code \
        as well.";
    let next = (next != "/").then(|| next.to_owned());
    let form =
        SignIn { email: email.to_owned(), fault: Some(fault.to_owned()), next, asks_code: true, ..SignIn::default() };
    with(state, StatusCode::TOO_MANY_REQUESTS, form).await
}

/// The empty form, perhaps after something that ended all sessions: `done` says what.
pub async fn after(state: &AppState, next: &str, done: Option<&str>) -> Response {
    let done = (done == Some("password")).then_some("Password changed. Sign in with the new password.");
    let next = (next != "/").then(|| next.to_owned());
    with(state, StatusCode::OK, SignIn { done, next, ..SignIn::default() }).await
}

async fn with(state: &AppState, status: StatusCode, form: SignIn) -> Response {
    let form = SignIn { theme: current::theme(), demo: state.config.demo, passkeys: state.passkeys.is_some(), ..form };
    answer::not_stored(status, form, page).await
}
