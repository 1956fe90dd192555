//! `stoa backup list`.

use db::backups::{Backup, Proof};
use db::platform::Platform;
use domain::backups::Kind;
use domain::page::Limit;
use jobs::backups::Backups;
use serde_json::json;

use super::{Failure, Output, connect};

pub async fn run(backups: &Backups, tenant: Option<&str>, kind: Option<Kind>, out: Output) -> Result<(), Failure> {
    let limit = Limit::new(u64::from(Limit::MAX)).map_err(Failure::failed)?;
    let platform = Platform::command(backups.db.clone());
    let (mut rows, summary, alarms) = match tenant {
        Some(slug) => {
            let access = connect::tenant(&backups.db, slug).await?;
            let scope = access.scope(domain::permission::Permission::ReadBackups)?;
            let rows = db::backups::list(&scope, None, limit).await?.rows;
            (rows, db::backups::summary(&scope).await?, db::backups::tenant_alarms(&scope).await?)
        }
        None => {
            let rows = db::backups::platform_list(&platform, kind, None, limit).await?.rows;
            (rows, db::backups::platform_summary(&platform).await?, db::backups::alarms(&platform).await?)
        }
    };
    rows.retain(|b| kind.is_none_or(|kind| b.kind == kind));
    let now = backups.db.clock().now();
    let mut lines: Vec<String> = rows.iter().map(|b| line(b, now)).collect();
    lines.push(format!("{} stored, {} bytes, at {}", summary.count, summary.bytes, backups.storage.address()));
    lines.extend(alarms.iter().map(|a| format!("ALARM {}: {}", a.kind, a.words)));
    let json = json!({
        "backups": rows.iter().map(|b| json!({
            "id": b.id, "tenant": b.tenant_slug, "kind": b.kind, "status": b.status, "trigger": b.trigger,
            "started_at": b.started_at, "finished_at": b.finished_at, "bytes": b.bytes, "rows": b.rows, "tables": b.tables,
            "verified_at": b.verified_at, "error": b.error, "verify_error": b.verify_error, "expires_at": b.expires_at,
            "sealed": b.recipient.is_some(), "location": b.location,
        })).collect::<Vec<_>>(),
        "summary": &*summary,
        "alarms": alarms,
    });
    out.result(&json, &lines.join("\n"));
    Ok(())
}

fn line(b: &Backup, now: chrono::DateTime<chrono::Utc>) -> String {
    let proof = match b.proof(now) {
        Proof::ReadBack { ago, rows } => format!("verified {} min ago, {rows} rows match", ago.num_minutes()),
        Proof::Running => format!("running: {} {}/{}", b.progress.step, b.progress.done, b.progress.total),
        Proof::Waiting => "not verified yet".to_owned(),
        Proof::Bad => format!("{}: {}", b.status, b.verify_error.as_deref().or(b.error.as_deref()).unwrap_or("")),
    };
    let whose = b.tenant_slug.as_deref().unwrap_or("-");
    format!(
        "{}  {:<8} {whose:<16} {}  {:>12} bytes  {proof}",
        b.id,
        b.kind.as_str(),
        b.started_at.format("%F %R"),
        b.bytes
    )
}
