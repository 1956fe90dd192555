//! A tenant's page of backups: each leads with its proof.

use std::sync::Arc;

use chrono::TimeDelta;
use db::backups::{Backup, KindSummary, Summary};
use domain::backups::{Kind, Offsite, Progress, Status, Trigger};
use domain::fields::FieldErrors;
use domain::ids::Uuid;
use domain::page::Page;

use super::fixtures::{HOSTILE, frame as tenant_frame, now};
use super::platform::{clock, tenant};
use super::{assert_clean, texts};
use crate::frame::Section;
use crate::pages::backups::{TenantBackups, page as tenant_backups};

fn backup(status: Status) -> Backup {
    Backup {
        id: Uuid::from_u128(3).into(),
        tenant: tenant(),
        tenant_slug: Some("demo".into()),
        kind: Kind::Database,
        status,
        trigger: Trigger::Demand,
        actor: "command".into(),
        started_at: now() - TimeDelta::hours(4),
        finished_at: (status != Status::Running).then(now),
        bytes: 1_234_567,
        plain_bytes: 900,
        bytes_before: Some(2_000),
        rows: 1_204,
        tables: 9,
        location: String::new(),
        manifest_sha256: None,
        recipient: None,
        error: (status == Status::Failed).then(|| HOSTILE.to_owned()),
        verified_at: (status == Status::Verified).then(|| now() - TimeDelta::hours(3)),
        verify_ms: None,
        verify_error: None,
        progress: Progress { step: "writing orders".into(), done: 3, total: 9 },
        offsite: Offsite::Failed,
        offsite_at: None,
        offsite_error: Some(HOSTILE.into()),
        expires_at: Some(now() + TimeDelta::days(30)),
    }
}

#[test]
fn each_backup_leads_with_its_proof() {
    let rows = [Status::Verified, Status::Running, Status::Stored, Status::Failed].map(backup).to_vec();
    let kind = KindSummary {
        kind: Kind::Database,
        count: 2,
        bytes: 2_500_000,
        verified: 0,
        failed: 1,
        newest_verified: None,
        last_verification: None,
    };
    let page = TenantBackups {
        frame: tenant_frame(Section::Backups),
        typed: Vec::new(),
        faults: FieldErrors::default(),
        page: Page { rows, newer: None, older: None },
        summary: Arc::new(Summary { kinds: vec![kind], count: 2, bytes: 2_500_000 }),
        alarms: Vec::new(),
        due: now() + TimeDelta::hours(13),
        may_ask: true,
        done: None,
        days: 30,
        clock: clock(),
    };
    let html = tenant_backups(&page).with_nonce("N");
    assert_clean(&html);
    assert!(!html.contains("<script>alert"), "{html}");
    assert_eq!(
        texts(&html, "td:first-child > .font-medium"),
        ["Verified 3 h ago, 1,204 rows match", "In progress", "Not verified yet", "Not usable"]
    );
    assert!(html.contains("Writing orders. 3 of 9"), "{html}");
    assert_eq!(texts(&html, ".under.justify-end"), ["\u{2193} 55 %", "\u{2193} 55 %"]);
    assert!(html.contains(">in 13 h</span>"), "{html}");
}
