//! Backups: where they go, for whom they are sealed, how long they are kept.

use std::path::{Path, PathBuf};

use jobs::backups::{Identity, Recipient};
use jobs::storage::{AwsVariables, StorageUrl};

use super::{Faults, Vars};

/// What backups need to know.
#[derive(Clone, Debug)]
pub struct BackupSettings {
    /// Where they go.
    pub url: StorageUrl,
    /// For whom they are sealed.
    pub sealing: Sealing,
    /// Who opens sealed ones, to read them back.
    pub identity: Option<Identity>,
    /// The file that this came from.
    pub identity_file: Option<PathBuf>,
    /// How many days they are kept, unless a tier says otherwise.
    pub days: u32,
    /// Where `pg_dump` and the like are, when not where the system keeps them.
    pub programs: Option<PathBuf>,
    /// The owner of the tables: who reads everything at once.
    pub owner_url: Option<String>,
}

/// For whom backups are sealed. None lies open unless somebody chose that.
#[derive(Clone, Debug)]
pub enum Sealing {
    /// For a public key of the operator's.
    Recipient(Recipient),
    /// For the key that belongs to `STOA_SECRET`; where there is no secret, for one that is kept in the data folder.
    OwnKey,
    /// For nobody: `STOA_BACKUP_ENCRYPTION=none`.
    Open,
}

impl BackupSettings {
    pub(super) fn read(vars: &Vars, data_dir: &Path, faults: &mut Faults) -> Self {
        let recipient = vars.text("STOA_BACKUP_RECIPIENT").and_then(|text| {
            text.parse::<Recipient>()
                .map_err(|error: jobs::backups::BadKey| faults.add("STOA_BACKUP_RECIPIENT", error.to_string()))
                .ok()
        });
        let programs = vars.text("STOA_PG_BIN").map(PathBuf::from);
        if programs.as_ref().is_some_and(|folder| !folder.is_dir()) {
            faults.add("STOA_PG_BIN", "Set the folder that contains pg_dump and pg_restore.");
        }
        Self {
            url: url(vars, data_dir, faults),
            sealing: sealing(vars, recipient, faults),
            identity: identity(vars, faults),
            identity_file: vars.text("STOA_BACKUP_IDENTITY_FILE").map(PathBuf::from),
            days: vars.number("STOA_BACKUP_DAYS", 30, 1..=3_650, faults),
            programs,
            owner_url: vars.text("MIGRATION_DATABASE_URL").map(str::to_owned),
        }
    }
}

fn sealing(vars: &Vars, recipient: Option<Recipient>, faults: &mut Faults) -> Sealing {
    let name = "STOA_BACKUP_ENCRYPTION";
    match (vars.text(name), recipient) {
        (None | Some("recipient"), Some(recipient)) => Sealing::Recipient(recipient),
        (None | Some("secret"), None) => Sealing::OwnKey,
        (Some("none"), None) => Sealing::Open,
        (Some("recipient"), None) => {
            // A faulty one is reported under its own name.
            if vars.text("STOA_BACKUP_RECIPIENT").is_none() {
                faults.add(name, "To use 'recipient', set STOA_BACKUP_RECIPIENT to an age public key.");
            }
            Sealing::OwnKey
        }
        (Some(other @ ("none" | "secret")), Some(_)) => {
            faults.add(
                name,
                format!(
                    "STOA_BACKUP_RECIPIENT is also set. Remove it, or use 'recipient' instead of \
                '{other}'."
                ),
            );
            Sealing::OwnKey
        }
        (Some(other), _) => {
            faults.add(name, format!("Use secret, recipient or none, not '{other}'."));
            Sealing::OwnKey
        }
    }
}

fn url(vars: &Vars, data_dir: &Path, faults: &mut Faults) -> StorageUrl {
    let beside = StorageUrl::Local(data_dir.join("backups"));
    let Some(text) = vars.text("STOA_BACKUP_URL") else { return beside };
    let variable = |name: &str| vars.text(name).map(str::to_owned);
    let aws = AwsVariables {
        access_key_id: variable("AWS_ACCESS_KEY_ID"),
        secret_access_key: variable("AWS_SECRET_ACCESS_KEY"),
        session_token: variable("AWS_SESSION_TOKEN"),
        region: variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION")),
        endpoint: variable("AWS_ENDPOINT_URL_S3").or_else(|| variable("AWS_ENDPOINT_URL")),
    };
    StorageUrl::parse(text, &aws).unwrap_or_else(|error| {
        faults.add("STOA_BACKUP_URL", error.to_string());
        beside
    })
}

fn identity(vars: &Vars, faults: &mut Faults) -> Option<Identity> {
    let path = vars.text("STOA_BACKUP_IDENTITY_FILE")?;
    let name = "STOA_BACKUP_IDENTITY_FILE";
    match std::fs::read_to_string(path) {
        Ok(text) => text
            .parse::<Identity>()
            .map_err(|error: jobs::backups::BadKey| faults.add(name, format!("{path}: {error}")))
            .ok(),
        Err(error) => {
            faults.add(name, format!("{path} cannot be read: {error}"));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Purpose};

    fn vars() -> Vars {
        Vars::from([("DATABASE_URL", "postgres://127.0.0.1/stoa")])
    }

    #[test]
    fn without_settings_backups_lie_below_the_data_folder() {
        let config = Config::read(&vars().with("STOA_DATA_DIR", "/srv/stoa"), Purpose::Command).unwrap();
        assert_eq!(config.backups.url, StorageUrl::Local("/srv/stoa/backups".into()));
        assert_eq!((config.backups.days, config.backups.owner_url), (30, None));
    }

    #[test]
    fn backups_lie_open_only_where_that_was_chosen() {
        let read = |pairs: &[(&str, &str)]| {
            let vars = pairs.iter().fold(vars(), |vars, (name, value)| vars.with(name, value));
            Config::read(&vars, Purpose::Command)
        };
        let key = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
        let sealing = |pairs: &[(&str, &str)]| read(pairs).unwrap().backups.sealing;
        assert!(matches!(sealing(&[]), Sealing::OwnKey));
        assert!(matches!(sealing(&[("STOA_BACKUP_ENCRYPTION", "secret")]), Sealing::OwnKey));
        assert!(matches!(sealing(&[("STOA_BACKUP_RECIPIENT", key)]), Sealing::Recipient(_)));
        assert!(matches!(sealing(&[("STOA_BACKUP_ENCRYPTION", "none")]), Sealing::Open));
        for wrong in ["None", "off", "recipient", "age"] {
            let faults = read(&[("STOA_BACKUP_ENCRYPTION", wrong)]).unwrap_err();
            assert_eq!(faults.variables().collect::<Vec<_>>(), ["STOA_BACKUP_ENCRYPTION"], "{wrong}");
        }
        assert!(read(&[("STOA_BACKUP_ENCRYPTION", "none"), ("STOA_BACKUP_RECIPIENT", key)]).is_err());
    }

    #[test]
    fn all_faults_are_listed_at_once() {
        let vars = vars()
            .with("STOA_BACKUP_URL", "s3://bucket")
            .with("STOA_BACKUP_RECIPIENT", "ssh-rsa AAAA")
            .with("STOA_BACKUP_IDENTITY_FILE", "/nowhere/key")
            .with("STOA_BACKUP_DAYS", "0")
            .with("STOA_PG_BIN", "/nowhere/bin");
        let faults = Config::read(&vars, Purpose::Command).unwrap_err();
        let mut found: Vec<_> = faults.variables().collect();
        found.sort_unstable();
        let names = [
            "STOA_BACKUP_DAYS",
            "STOA_BACKUP_IDENTITY_FILE",
            "STOA_BACKUP_RECIPIENT",
            "STOA_BACKUP_URL",
            "STOA_PG_BIN",
        ];
        assert_eq!(found, names);
    }
}
