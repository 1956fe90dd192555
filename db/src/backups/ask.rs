//! Asking for a backup now: a job like any other, made where the wish is.

use domain::backups::Kind;
use domain::ids::JobId;
use domain::limits::{Feature, Limit};
use serde_json::{Value, json};

use super::place::Place;
use crate::error::DataError;
use crate::limits;
use crate::platform::PlatformTx;
use crate::queue::{self, NewJob};
use crate::scope::Actor;

/// The job that makes a backup of its tenant (nil: of the installation). Its payload is `{"kind": "full"}` or the like.
pub const JOB: &str = "make_backup";

/// Asks for backups of these kinds, by whomever; the jobs that make them. A kind that was asked for and is not begun
/// yet is asked for once.
///
/// # Errors
/// When the tier has no room or does not include it, this place has no backups of that kind, or PostgreSQL fails.
pub async fn ask(place: &Place, kinds: &[Kind], by: Actor) -> Result<Vec<JobId>, DataError> {
    if let Some(kind) = kinds.iter().find(|kind| !place.fits(**kind)) {
        return Err(DataError::Refused(format!("There is no {kind} backup for this.")));
    }
    let job = |kind: &Kind| NewJob {
        key: Some(format!("demand:{kind}")),
        queue: "heavy",
        ..NewJob::new(JOB, json!({"kind": kind, "trigger": "demand", "by": by.to_string()}))
    };
    let mut made = Vec::new();
    match place {
        Place::Platform(platform) => {
            let tx = platform.begin().await?;
            for kind in kinds {
                made.extend(queue::enqueue_for_platform(&tx, PlatformTx::NIL, &job(kind)).await?);
            }
            crate::audit::note_platform(&tx, "backup.ask", "platform", Value::Null, json!({"kinds": kinds}));
            tx.commit().await?;
        }
        Place::Tenant(scope) => {
            let tx = scope.begin().await?;
            limits::needs(&tx, Feature::BackupsOnDemand).await?;
            // How large it will be, nobody knows; without any room there is no use in beginning.
            limits::claim(&tx, Limit::StorageBytes).await?;
            for kind in kinds {
                made.extend(queue::enqueue(&tx, &job(kind)).await?);
            }
            crate::audit::note(&tx, "backup.ask", "tenant", json!({"kinds": kinds})).await?;
            tx.commit().await?;
        }
    }
    Ok(made)
}
