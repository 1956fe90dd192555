//! Partitions: how they are, and upkeep by hand.

use std::sync::Arc;
use std::time::Duration;

use app::frame::Place;
use app::pages::platform::jobs::{Confirm, confirm};
use app::pages::platform::{Partitions, partitions as view};
use app::ui::money::things;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Response};
use db::Actor;
use domain::fields::FieldErrors;
use domain::quarter::Quarter;
use tokio_util::sync::CancellationToken;

use super::{clock, frame};
use crate::auth::PlatformAdmin;
use crate::config::Config;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::visit::Visit;

const PATH: &str = "/platform/partitions";
/// So long somebody waits for upkeep to be done; it goes on by itself.
const PATIENCE: Duration = Duration::from_secs(5);

/// How the partitions are.
///
/// # Errors
/// For everybody but platform admins, and when PostgreSQL fails.
pub async fn show(
    State(config): State<Arc<Config>>,
    admin: PlatformAdmin,
    visit: Visit,
) -> Result<Response, PageError> {
    let overview = db::partitions::overview(&admin.platform, config.retention_quarters).await?;
    let done = visit.done().and_then(done_words);
    let page =
        Partitions { overview, done, frame: frame(&admin, visit, Place::Partitions), clock: clock(&admin.platform) };
    Ok(answer::ok(page, view).await)
}

/// Asks, or does upkeep now.
///
/// # Errors
/// For everybody but platform admins, and when PostgreSQL fails.
pub async fn maintain(
    State(shutdown): State<CancellationToken>,
    admin: PlatformAdmin,
    visit: Visit,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    if !pairs.iter().any(|(name, _)| name == "go") {
        return Ok(answer::ok(
            Confirm {
                frame: frame(&admin, visit, Place::Partitions),
                title: "Run partition maintenance?".to_owned(),
                words: vec![
                "Creates missing partitions for the current and the next two quarters, moves rows out of the default \
                 partitions, and analyses new partitions."
                    .to_owned(),
                "Maintenance also runs every hour. New orders are accepted meanwhile.".to_owned(),
            ],
                action: format!("{PATH}/maintain"),
                hidden: vec![("go".to_owned(), "1".to_owned())],
                label: Some("Run maintenance".to_owned()),
                asks_why: false,
                is_final: false,
                back: PATH.to_owned(),
                reason: String::new(),
                faults: FieldErrors::default(),
            },
            confirm,
        )
        .await);
    }
    admin.platform.record("partitions.maintain", "platform", serde_json::json!({})).await?;
    let db = admin.platform.db().clone();
    let upkeep = tokio::spawn(async move { jobs::partitions::maintain(&db, &shutdown).await });
    let word = match tokio::time::timeout(PATIENCE, upkeep).await {
        Err(_) => "running",
        Ok(Ok(Ok(report))) if report.failed.is_empty() => "maintained",
        Ok(Ok(Err(error))) => return Err(error.into()),
        Ok(_) => "failed",
    };
    Ok(answer::done(PATH, word).into_response())
}

/// Asks, or has an archived quarter brought back.
///
/// # Errors
/// For everybody but platform admins, for a quarter that is not archived, and when PostgreSQL fails.
pub async fn restore(
    State(config): State<Arc<Config>>,
    admin: PlatformAdmin,
    visit: Visit,
    Path(quarter): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let quarter: Quarter = quarter.parse().map_err(|_| PageError::NotFound)?;
    if pairs.iter().any(|(name, _)| name == "go") {
        let by = Actor::User(admin.person.id);
        let asked = db::partitions::ask_back(&admin.platform, quarter, by).await?;
        admin.platform.record("partitions.restore", &quarter.to_string(), serde_json::json!({})).await?;
        return Ok(answer::done(PATH, if asked.is_some() { "asked" } else { "waits" }).into_response());
    }
    let overview = db::partitions::overview(&admin.platform, config.retention_quarters).await?;
    let away: Vec<_> = overview.archives.iter().filter(|row| row.quarter == quarter && row.state.is_away()).collect();
    let orders: i64 = away.iter().map(|row| row.orders).sum();
    if away.is_empty() {
        return Err(PageError::NotFound);
    }
    Ok(answer::ok(
        Confirm {
            frame: frame(&admin, visit, Place::Partitions),
            title: format!("Restore partition {quarter}?"),
            words: vec![
            format!(
                "Stoa unpacks {}, verifies them against the archive, and attaches them.",
                things(orders, "order", "orders")
            ),
            "They are visible only after that. Other partitions and the archive files do not change.".to_owned(),
            "A million orders take minutes. Follow the progress on /platform/jobs. The partition stays for a month, \
             then it is archived again."
                .to_owned(),
        ],
            action: format!("{PATH}/{quarter}/restore"),
            hidden: vec![("go".to_owned(), "1".to_owned())],
            label: Some("Restore partition".to_owned()),
            asks_why: false,
            is_final: false,
            back: PATH.to_owned(),
            reason: String::new(),
            faults: FieldErrors::default(),
        },
        confirm,
    )
    .await)
}

fn done_words(word: &str) -> Option<&'static str> {
    match word {
        "maintained" => Some("Maintenance finished."),
        "running" => Some("Maintenance is still running and will finish in the background."),
        "asked" => Some("Restore started."),
        "waits" => Some("This partition is already being restored."),
        "failed" => Some("Some maintenance steps failed. See the errors below."),
        _ => None,
    }
}
