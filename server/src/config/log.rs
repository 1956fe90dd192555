//! Logs.

use std::path::PathBuf;

use tracing_subscriber::EnvFilter;

use super::{Faults, Purpose, Vars};

/// What is logged, how, and where to.
#[derive(Clone, Debug)]
pub struct Log {
    /// `level` or `target=level,...`
    pub filter: String,
    /// One of two forms.
    pub format: LogFormat,
    /// A file a day there; standard error without it.
    pub dir: Option<PathBuf>,
}

/// How a line looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

impl Log {
    pub(super) fn read(vars: &Vars, purpose: Purpose, faults: &mut Faults) -> Self {
        // Commands say by themselves what they did.
        let default = if purpose == Purpose::Serve { "info" } else { "warn" };
        let filter = vars.text("STOA_LOG").unwrap_or(default);
        if let Err(error) = EnvFilter::builder().parse(filter) {
            faults.add("STOA_LOG", format!("Use a filter such as info or info,db=debug. {error}"));
        }
        let format = match vars.text("STOA_LOG_FORMAT") {
            None | Some("text") => LogFormat::Text,
            Some("json") => LogFormat::Json,
            Some(other) => {
                faults.add("STOA_LOG_FORMAT", format!("Use text or json, not '{other}'."));
                LogFormat::Text
            }
        };
        Self { filter: filter.to_owned(), format, dir: vars.text("STOA_LOG_DIR").map(PathBuf::from) }
    }
}
