//! `stoa job`: background work by name, now.

use clap::Subcommand;
use jobs::named::NamedError;
use serde_json::json;

use super::connect;
use super::failure::Failure;
use super::output::Output;
use crate::background;
use crate::config::Config;

/// Run jobs.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a job now and wait until it finishes.
    Run {
        /// The name of the job. A wrong name lists all jobs.
        name: String,
    },
}

impl Command {
    pub async fn run(self, config: &Config, out: Output) -> Result<(), Failure> {
        let Self::Run { name } = self;
        if name.contains("backup") {
            crate::backups::ensure_key(config).map_err(Failure::failed)?;
        }
        let db = connect::database(config).await?;
        let tools = background::tools(config, &db).map_err(Failure::failed)?;
        match jobs::run_named(&db, &tools, &name).await {
            Ok(done) => {
                out.result(&json!({"job": name, "done": done}), &format!("{name}: {done}"));
                Ok(())
            }
            Err(error @ NamedError::Unknown(_)) => Err(Failure::misused(error)),
            Err(error) => Err(Failure::failed(error)),
        }
    }
}
