//! The confirmation of another address.

use std::sync::Arc;

use app::pages::entry::{confirm as view, over};
use axum::extract::{Path, State};
use axum::response::Response;
use db::people::account;
use db::people::links::{self, Link, Purpose};
use db::{DataError, Db};
use http::StatusCode;
use jobs::Tools;
use jobs::people::Notice;
use serde_json::json;

use super::begin::tell;
use super::record::record;
use super::visitors::Visitors;
use crate::error::PageError;
use crate::middleware::current;
use crate::pages::answer;

const OVER: &str = "It was used, is older than 2 hours, or was replaced by a newer link. Your email did not change.";
const TAKEN: &str = "Another account uses this email now. Your email did not change.";

/// `GET /confirm-email/{secret}`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn show(State(db): State<Db>, Path(secret): Path<String>) -> Result<Response, PageError> {
    match links::look(&db, &secret).await? {
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
pub async fn submit(
    State(db): State<Db>,
    State(visitors): State<Visitors>,
    State(tools): State<Arc<Tools>>,
    Path(secret): Path<String>,
) -> Result<Response, PageError> {
    let (person, former) = match account::confirm_email(&db, &secret).await {
        Ok(changed) => changed,
        Err(DataError::NotFound(_)) => return Ok(gone(OVER).await),
        Err(DataError::Invalid(_)) => return Ok(gone(TAKEN).await),
        Err(other) => return Err(other.into()),
    };
    visitors.forget_person(person.id).await;
    record(&db, &person, "email.change", json!({"from": former, "to": person.email})).await?;
    tell(&db, &tools.mailer, &former, &Notice::EmailChanged { to: person.email.clone() }).await?;
    tracing::info!(person = %person.id, "changed their address");
    Ok(answer::done("/account", "email-changed"))
}

async fn gone(why: &'static str) -> Response {
    answer::with(StatusCode::GONE, current::theme(), move |theme| over(why, *theme)).await
}
