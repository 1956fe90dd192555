//! `stoa backup create`.

use db::backups::Place;
use db::platform::Platform;
use domain::backups::{Kind, Trigger};
use jobs::backups::{Backups, make};
use serde_json::json;

use super::{Failure, Output, tenant_place};
use crate::shutdown;

pub async fn run(backups: &Backups, kind: Option<Kind>, tenant: Option<&str>, out: Output) -> Result<(), Failure> {
    let (place, usual) = match tenant {
        Some(slug) => (tenant_place(&backups.db, slug).await?, Kind::Database),
        None => (Place::Platform(Platform::command(backups.db.clone())), Kind::Full),
    };
    let kind = kind.unwrap_or(usual);
    if !place.fits(kind) {
        let words = if tenant.is_some() {
            "--kind full backs up the whole platform; remove --tenant"
        } else {
            "--kind database and --kind files back up one tenant; add --tenant"
        };
        return Err(Failure::misused(words));
    }
    let (made, verified) = make(backups, &place, kind, Trigger::Demand, &shutdown::on_signal()?).await?;
    let json = json!({
        "id": made.id, "kind": kind, "tenant": tenant, "status": "verified", "bytes": made.bytes, "rows": made.rows,
        "tables": made.tables, "verify_ms": verified.took.num_milliseconds(),
    });
    let text = format!(
        "backup {} ({kind}) created: {} bytes; verified in {} ms, {} rows match",
        made.id,
        made.bytes,
        verified.took.num_milliseconds(),
        verified.rows
    );
    out.result(&json, &text);
    Ok(())
}
