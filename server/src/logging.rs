//! Logs: lines for people or for programs, to standard error or into a file a day. The performance log is the
//! target `performance`; in a folder it has files of its own.

use std::io;
use std::path::Path;

use tracing::{Level, Metadata};
use tracing_appender::non_blocking::{NonBlocking, WorkerGuard};
use tracing_appender::rolling::{Builder, InitError, RollingFileAppender, Rotation};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry};

use crate::config::{Log, LogFormat};

const DAYS_KEPT: usize = 14;
const OURS: [&str; 10] =
    ["server", "db", "jobs", "app", "domain", "migrations", "stoa", "request", "performance", "sqlx"];

/// Keeps the writers alive; what they still hold is written when it is dropped.
#[must_use = "dropping it ends the log"]
pub struct Logging(Vec<WorkerGuard>);

/// Starts the log of this process.
///
/// # Errors
/// When the log folder cannot be written.
pub fn start(config: &Log) -> Result<Logging, InitError> {
    let filter = EnvFilter::builder().parse_lossy(&config.filter);
    let mut guards = Vec::new();
    let mut keep = |(writer, guard): (NonBlocking, WorkerGuard)| {
        guards.push(guard);
        writer
    };
    let mut layers: Vec<Box<dyn Layer<Registry> + Send + Sync>> = Vec::new();
    match &config.dir {
        None => layers.push(lines(config.format, keep(tracing_appender::non_blocking(io::stderr())))),
        Some(dir) => {
            let all = keep(tracing_appender::non_blocking(daily(dir, "stoa")?));
            let slow = keep(tracing_appender::non_blocking(daily(dir, "performance")?));
            layers.push(lines(config.format, all).with_filter(filter_fn(|m| m.target() != "performance")).boxed());
            layers.push(lines(config.format, slow).with_filter(filter_fn(|m| m.target() == "performance")).boxed());
        }
    }
    // A second start in one process (tests) leaves the first log in place.
    let _first = tracing_subscriber::registry().with(layers).with(filter).with(filter_fn(is_safe)).try_init();
    Ok(Logging(guards))
}

impl Logging {
    /// How many writers there are.
    pub const fn writers(&self) -> usize {
        self.0.len()
    }
}

// What other crates say below `info` may hold whatever a request or a letter brought: addresses that open something, headers.
// The statements of sqlx hold no values.
fn is_safe(line: &Metadata<'_>) -> bool {
    let of = line.target().split("::").next().unwrap_or_default();
    *line.level() <= Level::INFO || OURS.contains(&of)
}

fn daily(dir: &Path, name: &str) -> Result<RollingFileAppender, InitError> {
    // The folder may be one of the system's, such as /var/log: only our own files in it are closed.
    let _made = jobs::private::make_folder(dir);
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let file = entry.file_name();
        let file = file.to_string_lossy();
        if file.starts_with(&format!("{name}.")) && file.ends_with(".log") {
            let _closed = jobs::private::close(&entry.path());
        }
    }
    Builder::new()
        .rotation(Rotation::DAILY)
        .filename_prefix(name)
        .filename_suffix("log")
        .max_log_files(DAYS_KEPT)
        .build(dir)
}

fn lines<S, W>(format: LogFormat, writer: W) -> Box<dyn Layer<S> + Send + Sync>
where
    S: tracing::Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt::layer().with_writer(writer);
    match format {
        LogFormat::Text => lines.with_ansi(false).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).boxed(),
    }
}
