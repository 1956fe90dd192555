//! `stoa serve`.

use std::sync::Arc;
use std::time::Duration;

use app::document::Assets;
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;

use super::connect;
use super::failure::Failure;
use crate::config::Config;
use crate::listen::ConnectionLimits;
use crate::state::AppState;
use crate::{background, health, listen, metrics, router, shutdown};

const TIDY_EVERY: Duration = Duration::from_secs(5);
// As often as Prometheus mostly asks.
const ALERTS_EVERY: Duration = Duration::from_secs(15);
const BACKGROUND_ENDS_WITHIN: Duration = Duration::from_secs(10);

pub async fn run(config: Config) -> Result<(), Failure> {
    let addr = config.http.addr;
    let listener = TcpListener::bind(addr).await.map_err(|error| {
        Failure::failed(format!(
            "cannot listen on {addr}: {error}; check whether another process uses it, or set STOA_ADDR"
        ))
    })?;
    let stop = shutdown::on_signal()?;
    let db = connect::database(&config).await?;
    metrics::install().map_err(Failure::failed)?;
    let site = &config.site;
    Assets { css: site.address("css"), js: site.address("js"), wasm: site.address("wasm") }.install();
    warn_unless_migrated(&db).await;
    background::close_folders(&config);
    crate::backups::ensure_key(&config).map_err(Failure::failed)?;
    let tools = background::tools(&config, &db).map_err(Failure::failed)?;
    let passwords = connect::passwords(&config)?;
    let state = AppState::assemble(config, db.clone(), passwords, tools, stop.clone())?;
    let app = router::router(state.clone()).map_err(Failure::failed)?;
    let tasks = TaskTracker::new();
    begin_background(&state, &tasks);
    tracing::info!(%addr, url = state.config.http.public_url, "ready");
    listen::serve(listener, app, limits(&state), stop).await?;
    tasks.close();
    if tokio::time::timeout(BACKGROUND_ENDS_WITHIN, tasks.wait()).await.is_err() {
        tracing::warn!("jobs did not finish in time; the next process takes them over");
    }
    db.close().await;
    tracing::info!("stopped");
    Ok(())
}

// Behind proxies of ours all connections come from them.
fn limits(state: &AppState) -> ConnectionLimits {
    let http = &state.config.http;
    let pool = usize::try_from(state.config.database.pool).unwrap_or(usize::MAX);
    let limits = ConnectionLimits::within(listen::raise_descriptors(), pool).at_most(http.most_connections);
    let per_address = if http.proxies == 0 { http.connections_per_address } else { 0 };
    tracing::info!(connections = limits.most, per_address, "connections at once");
    ConnectionLimits { per_address, ..limits }
}

fn begin_background(state: &AppState, tasks: &TaskTracker) {
    let stop = &state.shutdown;
    let hearing = stop.clone().run_until_cancelled_owned(db::feed::listen(state.db.clone()));
    tasks.spawn(hearing);
    tasks.spawn(stop.clone().run_until_cancelled_owned(async {
        loop {
            tokio::time::sleep(TIDY_EVERY).await;
            metrics::tidy();
        }
    }));
    let platform = db::platform::Platform::command(state.db.clone());
    tasks.spawn(stop.clone().run_until_cancelled_owned(async move {
        loop {
            tokio::time::sleep(ALERTS_EVERY).await;
            if let Err(error) = db::queue::alerts::alerts(&platform).await {
                tracing::debug!(%error, "cannot check the job queue for alerts");
            }
        }
    }));
    tasks.spawn(stop.clone().run_until_cancelled_owned(crate::backups::watch(state.db.clone())));
    // Here and not only in workers: that there is none is one of the alarms.
    tasks.spawn(jobs::alarms::watch(state.db.clone(), state.tools.mailer.clone(), stop.clone()));
    if state.config.worker {
        tasks.spawn(jobs::worker::run(
            state.db.clone(),
            background::options(&state.config, Arc::clone(&state.tools)),
            stop.clone(),
        ));
    } else {
        // The worker elsewhere mends; the gauges are read here.
        tasks.spawn(jobs::partitions::watch(state.db.clone(), false, stop.clone()));
    }
}

async fn warn_unless_migrated(db: &db::Db) {
    match health::pending(db).await {
        Ok(pending) if pending.is_empty() => {}
        Ok(pending) => tracing::warn!(?pending, "the database is not up to date; run: stoa migrate"),
        Err(error) => tracing::warn!(%error, "the database was never migrated, or its migrations cannot be read; run: \
            stoa migrate"),
    }
}
