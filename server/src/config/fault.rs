//! Faults of the settings, collected.

use std::fmt;

/// What is wrong with the environment: variable and words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults(Vec<(&'static str, String)>);

impl Faults {
    pub(super) fn add(&mut self, variable: &'static str, words: impl Into<String>) {
        self.0.push((variable, words.into()));
    }

    pub(super) fn into_result<T>(self, value: T) -> Result<T, Self> {
        if self.0.is_empty() { Ok(value) } else { Err(self) }
    }

    /// The variables at fault, in the order in which they are read.
    pub fn variables(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|(variable, _)| *variable)
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.len();
        writeln!(f, "{count} {} invalid in the environment:", if count == 1 { "setting is" } else { "settings are" })?;
        for (variable, words) in &self.0 {
            writeln!(f, "  {variable}: {words}")?;
        }
        f.write_str("see .env.example for all settings")
    }
}

impl std::error::Error for Faults {}
