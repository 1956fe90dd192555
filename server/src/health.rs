//! Whether the server lives (`/health`), may be sent people (`/ready`), and how it fares (`/metrics`).

use std::time::Duration;

use axum::extract::{Json, State};
use axum::response::{IntoResponse, Response};
use db::partitions::upkeep::pulse;
use db::{DataError, Db};
use http::{HeaderValue, StatusCode, header};
use sea_orm_migration::MigratorTrait;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::auth::Needs;
use crate::data_folder::DataFolder;
use crate::routes::Routes;

/// Days of partitions ahead below which the server calls itself degraded.
pub const RUNWAY_DAYS: i64 = 30;
const PATIENCE: Duration = Duration::from_secs(2);

/// The routes for machines that watch.
pub fn routes() -> Routes {
    Routes::new().get("/health", Needs::Nothing, health).get("/ready", Needs::Nothing, ready).get(
        "/metrics",
        Needs::Monitor,
        metrics,
    )
}

/// The state of everything that the server needs.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// `ready`, `degraded` (works, but somebody should look) or `not ready`.
    pub status: &'static str,
    /// Whether PostgreSQL answers.
    pub postgres: &'static str,
    /// Whether the schema is the one that this program knows.
    pub migrations: String,
    /// Days for which partitions exist.
    pub partition_days: Option<i64>,
    /// Rows in default partitions: more than 0 means that a quarter was missing.
    pub default_rows: Option<i64>,
    /// Whether Redis answers; it is not required.
    pub redis: &'static str,
    /// Whether the data folder can be written.
    pub data_folder: &'static str,
}

/// Looks at everything; takes a few seconds at most.
pub async fn look(db: &Db, folder: &DataFolder) -> Report {
    let (report, folder) = tokio::join!(look_at_database(db), folder.check());
    match folder {
        Ok(()) => report,
        Err(words) => Report { status: "not ready", data_folder: words, ..report },
    }
}

async fn look_at_database(db: &Db) -> Report {
    let redis = match tokio::time::timeout(PATIENCE, db.cache().redis_answers()).await {
        Ok(None) => "not configured",
        Ok(Some(true)) => "ok",
        Ok(Some(false)) | Err(_) => "does not answer",
    };
    let broken = |postgres, migrations: String| Report {
        status: "not ready",
        postgres,
        migrations,
        partition_days: None,
        default_rows: None,
        redis,
        data_folder: "ok",
    };
    let pending = match tokio::time::timeout(PATIENCE, pending(db)).await {
        Ok(Ok(pending)) => pending,
        Ok(Err(error)) if !error.is_outage() => {
            return broken("ok", "no migrations were run; run: stoa migrate".to_owned());
        }
        _ => return broken("does not answer", "unknown".to_owned()),
    };
    if !pending.is_empty() {
        return broken("ok", format!("{} pending; run: stoa migrate", pending.len()));
    }
    let pulse = tokio::time::timeout(PATIENCE, pulse(db)).await.ok().and_then(Result::ok);
    let tidy = pulse.is_some_and(|pulse| pulse.runway_days >= RUNWAY_DAYS && pulse.default_rows == 0);
    let status = if tidy && redis != "does not answer" { "ready" } else { "degraded" };
    Report {
        status,
        postgres: "ok",
        migrations: "ok".to_owned(),
        partition_days: pulse.map(|pulse| pulse.runway_days),
        default_rows: pulse.map(|pulse| pulse.default_rows),
        redis,
        data_folder: "ok",
    }
}

/// Names of the migrations that this program knows and the database does not have.
///
/// # Errors
/// When PostgreSQL fails, or no migration was ever run.
pub async fn pending(db: &Db) -> Result<Vec<String>, DataError> {
    let applied = db::health::applied_migrations(db).await?;
    let known = migrations::Migrator::migrations().into_iter().map(|m| m.name().to_owned());
    Ok(known.filter(|name| !applied.contains(name)).collect())
}

async fn health() -> Json<serde_json::Value> {
    Json(serde_json::json!({"status": "ok"}))
}

async fn ready(
    State(db): State<Db>,
    State(data_folder): State<DataFolder>,
    State(shutdown): State<CancellationToken>,
) -> Response {
    let report = look(&db, &data_folder).await;
    let leaving = shutdown.is_cancelled();
    let ready = report.status != "not ready" && !leaving;
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(report)).into_response()
}

async fn metrics() -> Response {
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], crate::metrics::render()).into_response()
}
