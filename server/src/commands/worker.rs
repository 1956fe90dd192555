//! `stoa worker`: background work without the web server, for installations that run it apart.

use super::connect;
use super::failure::Failure;
use crate::config::Config;
use crate::{background, shutdown};

pub async fn run(config: Config) -> Result<(), Failure> {
    let stop = shutdown::on_signal()?;
    let db = connect::database(&config).await?;
    let tools = background::tools(&config, &db).map_err(Failure::failed)?;
    background::close_folders(&config);
    crate::backups::ensure_key(&config).map_err(Failure::failed)?;
    tracing::info!(data_dir = %config.data_dir.display(), "working");
    // Listens for commits of other processes: webhooks are sent for them, and cached data is dropped.
    let hearing = tokio::spawn(db::feed::listen(db.clone()));
    let telling = tokio::spawn(jobs::alarms::watch(db.clone(), tools.mailer.clone(), stop.clone()));
    jobs::worker::run(db.clone(), background::options(&config, tools), stop).await;
    telling.abort();
    hearing.abort();
    db.close().await;
    tracing::info!("stopped");
    Ok(())
}
