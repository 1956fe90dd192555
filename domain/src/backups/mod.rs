//! Backups: kinds, what may become of one, which of them retention may take, and when somebody must be told.

mod alarm;
mod retention;

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use crate::choices::choices;

pub use alarm::{Alarm, Facts, Newest, Trouble, WITHIN, alarms};
pub use retention::{ClockWentBack, Held, expired};

/// What a backup holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[derive(Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case", parse_err_ty = UnknownWord, parse_err_fn = unknown_kind)]
pub enum Kind {
    /// The whole platform, as `pg_dump` writes it.
    Full,
    /// One tenant's rows.
    Database,
    /// One tenant's files.
    Files,
}

impl Kind {
    /// All of them.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// As stored and shown.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// What became of a backup.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[derive(Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case", parse_err_ty = UnknownWord, parse_err_fn = unknown_status)]
pub enum Status {
    /// It is being written.
    Running,
    /// It is written whole; nobody has read it back yet.
    Stored,
    /// It was read back, restored and found equal.
    Verified,
    /// It cannot be relied upon.
    Failed,
    /// Retention took it.
    Pruned,
}

impl Status {
    /// All of them.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// As stored and shown.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// Why a backup was made.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[derive(Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case", parse_err_ty = UnknownWord, parse_err_fn = unknown_trigger)]
pub enum Trigger {
    /// Because it was time.
    Schedule,
    /// Somebody asked.
    Demand,
    /// Because a restore was about to change what is there.
    BeforeRestore,
}

impl Trigger {
    /// All of them.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// As stored and shown.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// Where the second copy elsewhere stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[derive(Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case", parse_err_ty = UnknownWord, parse_err_fn = unknown_offsite)]
pub enum Offsite {
    /// None is wanted.
    None,
    /// It is still to be made.
    Waiting,
    /// It is there.
    Copied,
    /// The last attempt failed.
    Failed,
}

impl Offsite {
    /// All of them.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// As stored and shown.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// A word that stands for nothing here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{1}' is not a {0}; use one of {2}")]
pub struct UnknownWord(&'static str, String, String);

impl Status {
    /// Whether there is something in the storage that may be brought back.
    pub const fn is_kept(self) -> bool {
        matches!(self, Self::Stored | Self::Verified)
    }
}

/// How far a backup is that is being written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    /// What is being done, in words for people.
    pub step: String,
    /// Of `total`: tables or files.
    pub done: u64,
    /// 0 while it is not known.
    pub total: u64,
}

fn unknown_kind(text: &str) -> UnknownWord {
    UnknownWord("backup kind", text.to_owned(), choices::<Kind>())
}

fn unknown_status(text: &str) -> UnknownWord {
    UnknownWord("status", text.to_owned(), choices::<Status>())
}

fn unknown_trigger(text: &str) -> UnknownWord {
    UnknownWord("trigger", text.to_owned(), choices::<Trigger>())
}

fn unknown_offsite(text: &str) -> UnknownWord {
    UnknownWord("off-site copy status", text.to_owned(), choices::<Offsite>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_back() {
        for kind in Kind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(*kind));
        }
        let error = "whole".parse::<Kind>().unwrap_err().to_string();
        assert_eq!(error, "'whole' is not a backup kind; use one of full, database, files");
    }
}
