//! `stoa worker`: background work without the web server, for installations that run it apart.

use super::connect;
use super::failure::Failure;
use crate::config::Config;
use crate::shutdown;

pub async fn run(config: Config) -> Result<(), Failure> {
    let stop = shutdown::on_signal()?;
    let db = connect::database(&config).await?;
    tracing::info!(data_dir = %config.data_dir.display(), "working");
    jobs::worker::run(db.clone(), config.worker_options(), stop).await;
    db.close().await;
    tracing::info!("stopped");
    Ok(())
}
