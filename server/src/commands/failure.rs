//! Why a command ended without doing what was asked, and with which exit status.

use std::fmt::Display;
use std::process::ExitCode;

use db::DataError;

use super::output;
use crate::config::Faults;

/// A command that failed (1) or was used wrongly (2).
#[derive(Debug)]
pub struct Failure {
    code: u8,
    words: String,
}

impl Failure {
    /// It failed.
    pub fn failed(words: impl Display) -> Self {
        Self { code: 1, words: words.to_string() }
    }

    /// It was used wrongly.
    pub fn misused(words: impl Display) -> Self {
        Self { code: 2, words: words.to_string() }
    }

    /// What happened and what to do next.
    pub fn words(&self) -> &str {
        &self.words
    }

    /// Ends the program; the words are all that people see.
    pub(super) fn report(&self) -> ExitCode {
        if !self.words.is_empty() {
            output::to_stderr(&format!("stoa: {}", self.words));
        }
        ExitCode::from(self.code)
    }
}

impl From<Faults> for Failure {
    fn from(faults: Faults) -> Self {
        Self::misused(faults)
    }
}

impl From<DataError> for Failure {
    fn from(error: DataError) -> Self {
        match &error {
            DataError::Invalid(fields) => Self::failed(format!("no changes were made; {fields}")),
            DataError::Db(_) if error.sql_state().as_deref() == Some("42P01") => {
                Self::failed(format!("the database lacks a table ({error}); run: stoa migrate"))
            }
            DataError::Db(_) => Self::failed(format!("{error}; run: stoa doctor")),
            _ => Self::failed(error),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::failed(error)
    }
}

impl From<tracing_appender::rolling::InitError> for Failure {
    fn from(error: tracing_appender::rolling::InitError) -> Self {
        Self::failed(format!("cannot write logs into STOA_LOG_DIR: {error}"))
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::failed(format!("{error:#}"))
    }
}
