//! The confirmation of another address.

use app::pages::entry::{confirm as view, over};
use axum::extract::{Path, State};
use axum::response::Response;
use db::DataError;
use db::people::account;
use db::people::links::{self, Link, Purpose};
use http::StatusCode;
use jobs::people::Notice;
use serde_json::json;

use super::begin::tell;
use super::record::record;
use crate::error::PageError;
use crate::middleware::current;
use crate::pages::answer;
use crate::state::AppState;

const OVER: &str = "It was used, is older than 2 hours, or was replaced by a newer link. Your email did not change.";
const TAKEN: &str = "Another account uses this email now. Your email did not change.";

/// `GET /confirm-email/{secret}`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn show(State(state): State<AppState>, Path(secret): Path<String>) -> Result<Response, PageError> {
    match links::look(&state.db, &secret).await? {
        Some(Link { purpose: Purpose::Email(email), .. }) => {
            let asked = (secret, email, current::theme());
            Ok(answer::ok(asked, |(secret, email, theme)| view(secret, email, *theme)).await)
        }
        _ => Ok(gone(OVER).await),
    }
}

/// `POST /confirm-email/{secret}`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn submit(State(state): State<AppState>, Path(secret): Path<String>) -> Result<Response, PageError> {
    let (person, former) = match account::confirm_email(&state.db, &secret).await {
        Ok(changed) => changed,
        Err(DataError::NotFound(_)) => return Ok(gone(OVER).await),
        Err(DataError::Invalid(_)) => return Ok(gone(TAKEN).await),
        Err(other) => return Err(other.into()),
    };
    state.visitors.forget_person(person.id).await;
    record(&state, &person, "email.change", json!({"from": former, "to": person.email})).await?;
    tell(&state, &former, &Notice::EmailChanged { to: person.email.clone() }).await?;
    tracing::info!(person = %person.id, "changed their address");
    Ok(answer::done("/account", "email-changed"))
}

async fn gone(why: &'static str) -> Response {
    answer::with(StatusCode::GONE, current::theme(), move |theme| over(why, *theme)).await
}
