//! Backups as pages: proof first, own ones alone, and only for those who may see them.

use chrono::TimeDelta;
use db::backups::{self, Began, Done, NewBackup, Place};
use db::people;
use db::platform::Platform;
use domain::backups::{Kind, Trigger};
use domain::permission::{Permission, Role};

use crate::browser::{Browser, PASSWORD, location, person, tenant_with_owner};
use crate::harness::App;

async fn made(place: &Place, kind: Kind, rows: i64, proven: bool) {
    let new = NewBackup { kind, trigger: Trigger::Schedule, recipient: None, days: 30 };
    let Began::Mine(claim) = backups::begin(place, &new).await.unwrap() else { panic!("another one runs") };
    let done = Done { bytes: 1_000, plain_bytes: 4_000, rows, tables: 9, ..Done::default() };
    backups::store(place, &claim, &done).await.unwrap();
    if proven {
        backups::note_verified(place, claim.id, kind, TimeDelta::seconds(3)).await.unwrap();
    }
}

#[tokio::test]
async fn each_row_leads_with_its_proof_and_tenants_see_their_own() {
    let app = App::new().await;
    let access = tenant_with_owner(&app, "demo").await;
    let other = tenant_with_owner(&app, "other").await;
    let place = |access: &db::Access| Place::Tenant(access.scope(Permission::ManageBackups).unwrap());
    made(&place(&access), Kind::Database, 1_204, true).await;
    made(&place(&access), Kind::Files, 7, false).await;
    made(&place(&other), Kind::Database, 987_654, true).await;
    made(&Place::Platform(Platform::command(app.db.clone())), Kind::Full, 55_555, true).await;

    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    let html = owner.get("/t/demo/backups").await.text().await.unwrap();
    assert!(html.contains("1,204 rows match") && html.contains("Not verified yet"), "{html}");
    assert_eq!(html.matches("/download\"").count(), 2, "{html}");
    assert!(!html.contains("987,654") && !html.contains("55,555"), "{html}");
    let bad = owner.get("/t/demo/backups?cursor=x").await;
    assert_eq!(bad.status(), 200);
    let html = bad.text().await.unwrap();
    assert!(html.contains("Ignored: cursor = x") && html.contains("1,204 rows match"), "{html}");

    people::create(&app.db, &app.state.passwords, "admin@stoa.test", PASSWORD, true).await.unwrap();
    let admin = Browser::signed_in(&app.base, "admin@stoa.test").await;
    let html = admin.get("/platform/backups").await.text().await.unwrap();
    for words in ["1,204 rows match", "987,654 rows match", "55,555 rows match", "Platform"] {
        assert!(html.contains(words), "{words}: {html}");
    }
    let html = admin.get("/platform/backups?kind=full").await.text().await.unwrap();
    assert!(html.contains("55,555") && !html.contains("987,654"), "{html}");
    let id = html.split("href=\"/platform/backups/").nth(1).unwrap().split('"').next().unwrap();
    let html = admin.get(&format!("/platform/backups/{id}")).await.text().await.unwrap();
    assert!(html.contains("Restore") && html.contains("cannot be restored"), "its objects never were: {html}");
    for missing in ["/platform/backups/x", "/platform/backups/0199d0c2-6f0e-7cc3-98c4-dc0c0c07398f"] {
        assert_eq!(admin.get(missing).await.status(), 404, "{missing}");
    }
}

#[tokio::test]
async fn a_backup_is_asked_for_once_by_those_who_may() {
    let app = App::new().await;
    let access = tenant_with_owner(&app, "demo").await;
    let staff = person(&app, "staff@demo.test").await;
    people::set_role(&access, staff, Role::Staff).await.unwrap();
    let staff = Browser::signed_in(&app.base, "staff@demo.test").await;
    assert_eq!(staff.get("/t/demo/backups").await.status(), 200);
    assert_eq!(staff.post("/t/demo/backups", &[]).await.status(), 403);
    assert!(!staff.get("/t/demo/backups").await.text().await.unwrap().contains("Back up now"));
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    for (word, jobs) in [("asked", 2), ("waits", 2)] {
        let answer = owner.post("/t/demo/backups", &[]).await;
        assert_eq!(location(&answer), format!("/t/demo/backups?done={word}"));
        let scope = access.scope(Permission::ReadJobs).unwrap();
        assert_eq!(db::queue::console::counts_of(&scope).await.unwrap().ready.number(), jobs);
    }
    people::create(&app.db, &app.state.passwords, "admin@stoa.test", PASSWORD, true).await.unwrap();
    let admin = Browser::signed_in(&app.base, "admin@stoa.test").await;
    assert_eq!(location(&admin.post("/platform/backups", &[]).await), "/platform/backups?done=asked");
    assert_eq!(owner.post("/platform/backups", &[]).await.status(), 404);
}

#[tokio::test]
async fn viewers_do_not_see_backups() {
    let app = App::new().await;
    let access = tenant_with_owner(&app, "demo").await;
    let viewer = person(&app, "viewer@demo.test").await;
    people::set_role(&access, viewer, Role::Viewer).await.unwrap();
    let viewer = Browser::signed_in(&app.base, "viewer@demo.test").await;
    assert_eq!(viewer.get("/t/demo/backups").await.status(), 403);
    assert!(!viewer.get("/t/demo").await.text().await.unwrap().contains("/t/demo/backups"));
}
