//! Backups as jobs. Each may run twice: what was not finished before is given up and made anew, and is never listed as
//! good; a round that finds nothing due does nothing.

use db::backups::Place;
use domain::backups::{Kind, Trigger};
use serde::Deserialize;

use super::{BackupError, Backups, Round, make, round};
use crate::context::Running;
use crate::outcome::{JobError, Outcome};

/// How long a backup waits for another one of its kind.
const LATER: chrono::TimeDelta = chrono::TimeDelta::minutes(1);

#[derive(Deserialize)]
struct Wish {
    kind: Kind,
}

/// The job `make_backup`: one backup of the job's tenant (nil: of the installation), made and read back.
pub(crate) async fn make_job(job: Running) -> Result<Outcome, JobError> {
    let wish: Wish = job.payload()?;
    let place = Place::for_job(&job.db, job.tenant)?;
    match make(backups(&job)?, &place, wish.kind, Trigger::Demand, &job.stop).await {
        Ok((made, verified)) => {
            job.log.info(format!(
                "{} rows backed up in {} bytes; verified: {} rows match",
                made.rows, made.bytes, verified.rows
            ));
            Ok(Outcome::Done)
        }
        Err(BackupError::Running | BackupError::Stopped) => Ok(Outcome::Snooze(LATER)),
        Err(error) => Err(error.into()),
    }
}

/// The job `make_due_backups`: whatever has had its hour, then retention, then tidying.
pub(crate) async fn round_job(job: Running) -> Result<Outcome, JobError> {
    match round(backups(&job)?, &job.stop).await {
        Ok(done) => {
            let Round { verified, failed, pruned, copied, read_again } = done;
            job.log.info(format!(
                "{verified} created and verified, {failed} failed, {pruned} pruned; {copied} copied off-site, \
                 {read_again} verified later"
            ));
            Ok(Outcome::Done)
        }
        Err(BackupError::Stopped) => Ok(Outcome::Snooze(LATER)),
        Err(error) => Err(error.into()),
    }
}

fn backups(job: &Running) -> Result<&Backups, JobError> {
    job.tools.backups.as_ref().ok_or_else(|| JobError::new("this process has no backup storage; set STOA_BACKUP_URL"))
}
