//! `stoa backup prune`.

use jobs::backups::{Backups, plan, prune, sweep};
use serde_json::json;

use super::{Failure, Output, agreed};

pub async fn run(backups: &Backups, dry_run: bool, yes: bool, out: Output) -> Result<(), Failure> {
    let planned = plan(backups).await?;
    let ids: Vec<_> = planned.iter().map(|h| h.id).collect();
    let mut lines: Vec<String> =
        planned.iter().map(|h| format!("{}  {:<8} {}", h.id, h.kind.as_str(), h.started_at.format("%F %R"))).collect();
    if dry_run {
        lines.push(format!("{} backups would be removed; no changes were made", ids.len()));
        out.result(&json!({"dry_run": true, "pruned": ids}), &lines.join("\n"));
        return Ok(());
    }
    if !ids.is_empty() {
        agreed(&lines.join("\n"), &format!("Remove these {} backups?", ids.len()), yes)?;
    }
    let pruned = prune(backups).await?;
    let swept = sweep(backups).await?;
    let text = format!(
        "{} backups removed; {} interrupted backups closed, {} remains removed, {} unlisted backups added",
        pruned.backups.len(),
        swept.reaped,
        swept.removed,
        swept.adopted
    );
    let json = json!({
        "dry_run": false, "pruned": pruned.backups, "reaped": swept.reaped, "removed": swept.removed, "adopted": swept.adopted,
    });
    out.result(&json, &text);
    Ok(())
}
