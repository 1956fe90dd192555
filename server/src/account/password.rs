//! Another password: all other sessions end, and this one goes on under another id.

use app::pages::account::Typed;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Response};
use db::DataError;
use db::people::account;
use domain::fields::FieldErrors;
use jobs::people::Notice;
use serde::Deserialize;
use serde_json::json;
use tower_sessions::Session;

use super::show::again;
use crate::auth::SignedIn;
use crate::auth::begin::{rename, session_failed, tell};
use crate::auth::record::record;
use crate::auth::sign_in_throttle::Kind;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::visit::Visit;
use crate::sessions::ENROLMENT;
use crate::state::AppState;

/// The form.
#[derive(Debug, Deserialize)]
pub struct Entered {
    #[serde(default)]
    current: String,
    #[serde(default)]
    password: String,
}

/// Changes the password.
///
/// # Errors
/// Without a signed-in user, and when PostgreSQL fails.
pub async fn change(
    State(state): State<AppState>,
    signed_in: SignedIn,
    visit: Visit,
    session: Session,
    Form(entered): Form<Entered>,
) -> Result<Response, PageError> {
    let person = &signed_in.person;
    let faults = match count_attempt(&state, &signed_in).await {
        Err(faults) => faults.as_fault_of("current"),
        Ok(attempt) => {
            let Entered { current, password } = &entered;
            match account::change_password(&state.db, &state.passwords, person, current, password).await {
                Ok(()) => {
                    attempt.succeeded().await;
                    state.sessions.end_others(person.id, signed_in.session).await?;
                    state.visitors.forget_person(person.id).await;
                    session.remove_value(ENROLMENT).await.map_err(session_failed)?;
                    rename(&state.visitors, &session).await?;
                    record(&state.db, person, "password.change", json!({})).await?;
                    tell(&state.db, &state.tools.mailer, &person.email, &Notice::PasswordChanged).await?;
                    return Ok(answer::done("/account", "password").into_response());
                }
                Err(DataError::Invalid(faults)) => faults,
                Err(other) => return Err(other.into()),
            }
        }
    };
    again(&state, &signed_in, visit, Typed::default(), faults).await
}

/// Counts an attempt at the password of the signed-in user, because a browser may have been left open. Each session has its
/// own count.
///
/// # Errors
/// When there were too many.
pub(super) async fn count_attempt<'a>(
    state: &'a AppState,
    signed_in: &SignedIn,
) -> Result<crate::auth::sign_in_throttle::Attempt<'a>, TooMany> {
    let (person, session) = (signed_in.person.id.to_string(), signed_in.session.to_string());
    state.sign_in_throttle.attempt_within(Kind::Again, &person, &session).await.map_err(|_| TooMany)
}

/// Whether `password` is that of the signed-in user; an error for `field` otherwise. Attempts are counted.
///
/// # Errors
/// When PostgreSQL fails.
pub(super) async fn check(
    state: &AppState,
    signed_in: &SignedIn,
    field: &str,
    password: &str,
) -> Result<Result<(), FieldErrors>, PageError> {
    // No account has an empty password, so this is no attempt.
    if password.is_empty() {
        return Ok(Err(FieldErrors::one(field, "Incorrect password.")));
    }
    let attempt = match count_attempt(state, signed_in).await {
        Err(too_many) => return Ok(Err(too_many.as_fault_of(field))),
        Ok(attempt) => attempt,
    };
    if !account::knows_password(&state.db, &state.passwords, signed_in.person.id, password).await? {
        return Ok(Err(FieldErrors::one(field, "Incorrect password.")));
    }
    attempt.succeeded().await;
    Ok(Ok(()))
}

/// There were too many guesses.
pub(super) struct TooMany;

impl TooMany {
    /// As a fault of `field`.
    pub fn as_fault_of(&self, field: &str) -> FieldErrors {
        FieldErrors::one(field, "Too many attempts. Wait 15 minutes, then try again.")
    }
}
