//! The board of health.

use std::time::Instant;

use app::frame::Place;
use app::pages::platform::{BackupHealth, Board, JobHealth, home};
use axum::extract::State;
use axum::response::Response;
use db::backups;
use db::queue::{alerts, console};

use super::performance::routes;
use super::{clock, frame};
use crate::auth::PlatformAdmin;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::visit::Visit;
use crate::state::AppState;

/// How every part of the installation is.
///
/// # Errors
/// For everybody but platform admins, and when PostgreSQL fails.
pub async fn show(State(state): State<AppState>, admin: PlatformAdmin, visit: Visit) -> Result<Response, PageError> {
    let asked = Instant::now();
    let census = admin.platform.census().await?;
    let round_trip = i64::try_from(asked.elapsed().as_micros()).unwrap_or(i64::MAX);
    let board = Board {
        frame: frame(&admin, visit, Place::Home),
        database: db::health::database(&state.db).await?,
        round_trip,
        redis: state.db.cache().redis_answers().await,
        cache: state.db.cache().figures(),
        routes: routes(&state),
        census,
        jobs: JobHealth {
            alerts: alerts::alerts(&admin.platform).await?,
            counts: console::counts(&admin.platform).await?,
        },
        partitions: db::partitions::overview(&admin.platform, state.config.retention_quarters).await?,
        backups: BackupHealth {
            alarms: backups::alarms(&admin.platform).await?,
            summary: backups::platform_summary(&admin.platform).await?,
        },
        clock: clock(&admin.platform),
    };
    Ok(answer::ok(board, home).await)
}
