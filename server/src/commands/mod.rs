//! The command line: one file a command. Exit status 0 done, 1 failed, 2 wrong use.

mod api_key;
mod arguments;
mod audit;
mod backup;
mod connect;
mod doctor;
mod failure;
mod import;
mod job;
mod migrate;
mod output;
mod partitions;
mod rollups;
mod seed;
mod serve;
mod store;
mod tenant;
mod user;
mod worker;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{Config, Purpose};
use crate::logging;
use failure::Failure;
use output::Output;

/// The back office of many stores.
#[derive(Debug, Parser)]
#[command(name = "stoa", version, about, arg_required_else_help = true)]
pub struct Cli {
    /// Print JSON on standard output.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the web server.
    Serve,
    /// Start a worker that only runs jobs.
    Worker,
    /// Migrate the database.
    Migrate,
    /// Create demo data.
    Seed,
    /// Import orders from a file into a store.
    Import(import::Import),
    /// Check the configuration and all services, one line each.
    Doctor,
    /// Manage tenants.
    #[command(subcommand)]
    Tenant(tenant::Command),
    /// Manage stores.
    #[command(subcommand)]
    Store(store::Command),
    /// Manage users.
    #[command(subcommand)]
    User(user::Command),
    /// Manage API keys.
    #[command(subcommand)]
    ApiKey(api_key::Command),
    /// Run jobs by name.
    #[command(subcommand)]
    Job(job::Command),
    /// Manage backups.
    #[command(subcommand)]
    Backup(backup::Command),
    /// Manage partitions of orders.
    #[command(subcommand)]
    Partitions(partitions::Command),
    /// Verify or rebuild sales figures.
    #[command(subcommand)]
    Rollups(rollups::Command),
    /// Verify the audit log.
    #[command(subcommand)]
    Audit(audit::Command),
}

impl Cli {
    /// Runs the command.
    pub fn run(self) -> ExitCode {
        match self.attempt() {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => failure.report(),
        }
    }

    fn attempt(self) -> Result<(), Failure> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let out = Output { json: self.json };
        if matches!(self.command, Command::Doctor) {
            return runtime.block_on(doctor::run(out));
        }
        let purpose =
            if matches!(self.command, Command::Serve | Command::Worker) { Purpose::Serve } else { Purpose::Command };
        let config = Config::load(purpose)?;
        let log = logging::start(&config.log)?;
        let done = runtime.block_on(self.command.run(config, out));
        // What is still going on (a job in its last step) may end; it does not hold up the end for long.
        runtime.shutdown_timeout(std::time::Duration::from_secs(1));
        drop(log);
        done
    }
}

impl Command {
    async fn run(self, config: Config, out: Output) -> Result<(), Failure> {
        match self {
            Self::Serve => serve::run(config).await,
            Self::Worker => worker::run(config).await,
            Self::Migrate => migrate::run(&config, out).await,
            Self::Seed => seed::run(&config, out).await,
            Self::Doctor => doctor::run(out).await,
            Self::Tenant(command) => command.run(&config, out).await,
            Self::Store(command) => command.run(&config, out).await,
            Self::User(command) => command.run(&config, out).await,
            Self::ApiKey(command) => command.run(&config, out).await,
            Self::Import(import) => import.run(&config, out).await,
            Self::Backup(command) => command.run(&config, out).await,
            Self::Job(command) => command.run(&config, out).await,
            Self::Partitions(command) => command.run(&config, out).await,
            Self::Rollups(command) => command.run(&config, out).await,
            Self::Audit(command) => command.run(&config, out).await,
        }
    }
}
