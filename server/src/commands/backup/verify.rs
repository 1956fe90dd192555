//! `stoa backup verify`.

use domain::ids::BackupId;
use jobs::backups::Backups;
use serde_json::json;

use super::{Failure, Output, absent, place};
use crate::shutdown;

pub async fn run(backups: &Backups, id: BackupId, out: Output) -> Result<(), Failure> {
    let place = place(backups, id).await?.ok_or_else(|| absent(id))?;
    let verified = jobs::backups::verify(backups, &place, id, &shutdown::on_signal()?).await?;
    let took = verified.took.num_milliseconds();
    let json =
        json!({"id": id, "status": "verified", "rows": verified.rows, "tables": verified.tables, "verify_ms": took});
    out.result(&json, &format!("backup {id} verified in {took} ms: {} rows match", verified.rows));
    Ok(())
}
