//! Partitions: how they are, and upkeep by hand.

use std::time::Duration;

use app::frame::Place;
use app::pages::platform::jobs::{Confirm, confirm};
use app::pages::platform::{Partitions, partitions as view};
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Response};
use domain::fields::FieldErrors;

use super::{clock, frame};
use crate::auth::PlatformAdmin;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::visit::Visit;
use crate::state::AppState;

const PATH: &str = "/platform/partitions";
/// So long somebody waits for upkeep to be done; it goes on by itself.
const PATIENCE: Duration = Duration::from_secs(5);

/// How the partitions are.
///
/// # Errors
/// For everybody but platform admins, and when PostgreSQL fails.
pub async fn show(State(state): State<AppState>, admin: PlatformAdmin, visit: Visit) -> Result<Response, PageError> {
    let overview = db::partitions::overview(&admin.platform, state.config.retention_quarters).await?;
    let done = visit.done().and_then(done_words);
    let page = Partitions { overview, done, frame: frame(&admin, visit, Place::Partitions), clock: clock(&state) };
    Ok(answer::ok(&view(&page)))
}

/// Asks, or does upkeep now.
///
/// # Errors
/// For everybody but platform admins, and when PostgreSQL fails.
pub async fn maintain(
    State(state): State<AppState>,
    admin: PlatformAdmin,
    visit: Visit,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    if !pairs.iter().any(|(name, _)| name == "go") {
        return Ok(answer::ok(&confirm(&Confirm {
            frame: frame(&admin, visit, Place::Partitions),
            title: "Maintain the partitions now?".to_owned(),
            words: vec![
                "Makes the running quarter and the next two where one is missing, moves rows out of the default partitions, and analyses what is new.".to_owned(),
                "Upkeep does the same by itself every hour. Orders go on coming in meanwhile.".to_owned(),
            ],
            action: format!("{PATH}/maintain"),
            hidden: vec![("go".to_owned(), "1".to_owned())],
            label: Some("Maintain now".to_owned()),
            asks_why: false,
            is_final: false,
            back: PATH.to_owned(),
            reason: String::new(),
            faults: FieldErrors::default(),
        })));
    }
    admin.platform.record("partitions.maintain", "platform", serde_json::json!({})).await?;
    let (db, stop) = (state.db.clone(), state.shutdown.clone());
    let upkeep = tokio::spawn(async move { jobs::partitions::maintain(&db, &stop).await });
    let word = match tokio::time::timeout(PATIENCE, upkeep).await {
        Err(_) => "running",
        Ok(Ok(Ok(report))) if report.failed.is_empty() => "maintained",
        Ok(Ok(Err(error))) => return Err(error.into()),
        Ok(_) => "failed",
    };
    Ok(answer::done(PATH, word).into_response())
}

fn done_words(word: &str) -> Option<&'static str> {
    match word {
        "maintained" => Some("Upkeep is done."),
        "running" => Some("Upkeep takes longer and goes on by itself."),
        "failed" => Some("Some of it could not be done; what failed stands below."),
        _ => None,
    }
}
