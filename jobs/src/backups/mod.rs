//! Backups: made, read back, pruned, brought back.
//!
//! A backup is a folder of the storage: its parts (a dump's files, or one part a table, or one of files), `manifest.json`
//! with the hash of everything, and last `label.json`, which says that the others are whole. Parts are packed with zstd
//! and, where a recipient is set, sealed with age on their way; nothing lies unsealed anywhere but in memory, the dump
//! of the whole excepted, which `pg_dump` writes below the data directory first.

pub mod offsite;

mod create;
mod database;
mod download;
mod error;
mod files;
mod full;
mod manifest;
mod part;
mod pipe;
mod programs;
mod prune;
mod restore;
mod restore_full;
mod seal;
mod timetable;
mod verify;
mod watched;

use std::path::PathBuf;
use std::sync::Arc;

use chrono::TimeDelta;
use db::Db;
use db::backups::owner::Owner;
use domain::ids::{BackupId, TenantId};

use crate::context::Running;
use crate::outcome::JobError;
use crate::storage::{ObjectPath, Storage};

pub(crate) use create::make_job;
pub use create::{Made, create, make};
pub use download::download;
pub use error::BackupError;
pub use manifest::{Label, Manifest};
pub use offsite::Offsite;
pub use prune::{Pruned, Sweep, plan, prune, remove_objects, sweep};
pub use restore::{Plan, TenantRestore};
pub use restore_full::{FullPlan, find_full, full_plan, restore_full};
pub use seal::{BadKey, Identity, Recipient};
pub(crate) use timetable::round_job;
pub use timetable::{Round, round, verify_again};
pub use verify::{Verified, verify};

/// How long a job waits for another backup of its kind.
const LATER: TimeDelta = TimeDelta::minutes(1);

/// What backups need.
#[derive(Clone)]
pub struct Backups {
    /// The database.
    pub db: Db,
    /// Where they are kept.
    pub storage: Storage,
    /// Who may read everything at once and make scratch databases; without it none can be read back, and none of the
    /// whole be made.
    pub owner: Option<Owner>,
    /// For whom they are sealed.
    pub recipient: Option<Recipient>,
    /// Who opens sealed ones.
    pub identity: Option<Identity>,
    /// Where tenants' files lie, and where a dump is written first.
    pub data_dir: PathBuf,
    /// How many days they are kept, unless a tier says otherwise.
    pub days: u32,
    /// Where `pg_dump` and the like are; without it they are looked for where the system keeps them.
    pub programs: Option<PathBuf>,
    /// Who makes the second copy.
    pub offsite: Option<Arc<dyn Offsite>>,
}

impl Backups {
    /// What the process of a job has.
    pub(crate) fn of(job: &Running) -> Result<&Self, JobError> {
        let backups = job.tools.backups.as_ref();
        backups.ok_or_else(|| JobError::new("this process has no backup storage; set STOA_BACKUP_URL"))
    }

    /// The owner's access.
    pub(crate) fn owner(&self) -> Result<&Owner, BackupError> {
        self.owner.as_ref().ok_or(BackupError::NoOwner)
    }

    /// Whether something sealed for `recipient` can be opened here.
    pub(crate) fn check_opens(&self, recipient: Option<&str>) -> Result<(), BackupError> {
        match recipient {
            Some(sealed) if !self.identity.as_ref().is_some_and(|identity| identity.opens(sealed)) => {
                Err(BackupError::Sealed(sealed.to_owned()))
            }
            _ => Ok(()),
        }
    }

    /// Where a backup of `tenant` (nil: the installation) lies.
    pub(crate) fn folder(tenant: TenantId, id: BackupId) -> Result<ObjectPath, BackupError> {
        let owner = if tenant.0.is_nil() { ObjectPath::platform() } else { ObjectPath::tenant(tenant) };
        Ok(owner.child("backups")?.child(id.to_string())?)
    }

    /// Where dumps are written and unpacked for a while.
    pub(crate) fn work_dir(&self) -> PathBuf {
        self.data_dir.join("backup-work")
    }
}
