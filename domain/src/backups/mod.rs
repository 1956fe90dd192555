//! Backups: kinds, what may become of one, which of them retention may take, and when somebody must be told.

mod alarm;
mod retention;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use alarm::{Alarm, Facts, Newest, Trouble, WITHIN, alarms};
pub use retention::{ClockWentBack, Held, expired};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $noun:literal: $($(#[$what:meta])* $variant:ident = $word:literal),* $(,)?) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$what])* #[serde(rename = $word)] $variant,)*
        }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// As stored and shown.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;
            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                let known = || [$($word),*].join(", ");
                Self::ALL.iter().copied().find(|v| v.as_str() == text).ok_or_else(|| UnknownWord($noun, text.to_owned(), known()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// What a backup holds.
    Kind, "backup kind":
    /// The whole platform, as `pg_dump` writes it.
    Full = "full",
    /// One tenant's rows.
    Database = "database",
    /// One tenant's files.
    Files = "files",
}

words! {
    /// What became of a backup.
    Status, "status":
    /// It is being written.
    Running = "running",
    /// It is written whole; nobody has read it back yet.
    Stored = "stored",
    /// It was read back, restored and found equal.
    Verified = "verified",
    /// It cannot be relied upon.
    Failed = "failed",
    /// Retention took it.
    Pruned = "pruned",
}

words! {
    /// Why a backup was made.
    Trigger, "trigger":
    /// Because it was time.
    Schedule = "schedule",
    /// Somebody asked.
    Demand = "demand",
    /// Because a restore was about to change what is there.
    BeforeRestore = "before-restore",
}

words! {
    /// Where the second copy elsewhere stands.
    Offsite, "off-site copy status":
    /// None is wanted.
    None = "none",
    /// It is still to be made.
    Waiting = "waiting",
    /// It is there.
    Copied = "copied",
    /// The last attempt failed.
    Failed = "failed",
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
