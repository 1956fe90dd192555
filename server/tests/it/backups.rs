//! Backups from the command line, and a tenant's own download.

use std::process::{Command, Output, Stdio};

use db::testing::{self, TestDb};
use domain::ids::BackupId;
use domain::permission::{Permission, Role};
use serde_json::Value;

use crate::browser::{Browser, person, tenant_with_owner};
use crate::harness::App;

struct Stoa<'a> {
    db: &'a TestDb,
    folder: std::path::PathBuf,
}

impl Stoa<'_> {
    fn run(&self, line: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_stoa"));
        command.env_clear().env("DATABASE_URL", &self.db.url).env("MIGRATION_DATABASE_URL", &self.db.owner_url);
        command.env("STOA_DATA_DIR", &self.folder);
        command.args(line.split_whitespace()).stdin(Stdio::null()).output().unwrap()
    }

    fn json(&self, line: &str) -> Value {
        let output = self.run(&format!("{line} --json"));
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn refused(&self, line: &str, code: i32, words: &str) {
        let output = self.run(line);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{line}: {said}");
        assert!(said.contains(words), "{line}: {said}");
    }
}

impl Drop for Stoa<'_> {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.folder);
    }
}

#[tokio::test]
async fn backups_are_made_listed_read_back_and_brought_back_from_the_command_line() {
    let db = TestDb::new().await;
    let stoa = Stoa { db: &db, folder: std::env::temp_dir().join(format!("stoa-cli-{}", db.name)) };
    let shop = testing::tenant(&db.db, "shop").await;
    let store = testing::store(&shop, "north", "Europe/London", "GBP").await;
    let scope = shop.scope(Permission::WriteOrders).unwrap();
    testing::place_all(&scope, &store, &[testing::order(&store, "1", db.db.clock().now(), 2)]).await;

    let whole = stoa.json("backup create");
    assert_eq!((&whole["kind"], &whole["status"]), (&"full".into(), &"verified".into()));
    let ours = stoa.json("backup create --tenant shop");
    assert_eq!(ours["kind"], "database");
    let listed = stoa.json("backup list");
    assert_eq!(listed["summary"]["count"], 2);
    assert_eq!(listed["backups"][0]["tenant"], "shop");
    assert_eq!(stoa.json("backup list --tenant shop")["summary"]["count"], 1);
    let id = ours["id"].as_str().unwrap();
    assert_eq!(stoa.json(&format!("backup verify {id}"))["status"], "verified");

    testing::place_all(&scope, &store, &[testing::order(&store, "2", db.db.clock().now(), 2)]).await;
    stoa.refused(&format!("backup restore {id}"), 2, "--yes");
    stoa.refused(&format!("backup restore {id} --tables nonsense --yes"), 1, "nonsense");
    let restored = stoa.json(&format!("backup restore {id} --yes"));
    assert!(restored["rows_changed"].as_u64().unwrap() > 0);
    assert_eq!(stoa.json("backup prune --dry-run")["pruned"], serde_json::json!([]));
    assert_eq!(stoa.json("backup prune --yes")["pruned"], serde_json::json!([]));

    stoa.refused("backup create --kind files", 2, "--tenant");
    stoa.refused("backup create --kind full --tenant shop", 2, "remove --tenant");
    stoa.refused("backup create --kind everything", 2, "full, database, files");
    stoa.refused("backup verify 0199d0c2-6f0e-7cc3-98c4-dc0c0c07398f", 1, "stoa backup list");
    stoa.refused("backup restore 0199d0c2-6f0e-7cc3-98c4-dc0c0c07398f --yes", 1, "stoa backup list");
}

#[tokio::test]
async fn a_tenant_downloads_only_its_own_backups() {
    let folder = std::env::temp_dir().join(format!("stoa-download-{}", std::process::id()));
    let app = App::with(&[("STOA_DATA_DIR", folder.to_str().unwrap())]).await;
    let demo = tenant_with_owner(&app, "demo").await;
    tenant_with_owner(&app, "other").await;
    let mut backups = server::backups::assemble(&app.state.config, app.db.clone()).unwrap();
    backups.owner = Some(db::backups::owner::Owner::new(app.test_db.owner_url.clone()));
    let place = db::backups::Place::Tenant(demo.scope(Permission::ManageBackups).unwrap());
    let stop = tokio_util::sync::CancellationToken::new();
    let trigger = domain::backups::Trigger::Demand;
    let made = jobs::backups::create(&backups, &place, domain::backups::Kind::Database, trigger, &stop).await.unwrap();
    let path = |slug: &str, id: BackupId| format!("/t/{slug}/backups/{id}/download");

    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    let answer = owner.get(&path("demo", made.id)).await;
    assert_eq!(
        (answer.status().as_u16(), answer.headers()["content-type"].to_str().unwrap()),
        (200, "application/x-tar")
    );
    let length: usize = answer.headers()["content-length"].to_str().unwrap().parse().unwrap();
    assert_eq!(answer.bytes().await.unwrap().len(), length);

    let stranger = Browser::signed_in(&app.base, "owner@other.test").await;
    for (slug, id) in [("demo", made.id), ("other", made.id), ("other", BackupId(uuid::Uuid::nil()))] {
        assert_eq!(stranger.get(&path(slug, id)).await.status(), 404, "{slug} {id}");
    }
    let staff = person(&app, "staff@demo.test").await;
    db::people::set_role(&demo, staff, Role::Staff).await.unwrap();
    let staff = Browser::signed_in(&app.base, "staff@demo.test").await;
    assert_eq!(staff.get(&path("demo", made.id)).await.status(), 403);
    let _gone = std::fs::remove_dir_all(folder);
}
