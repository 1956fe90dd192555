//! A backup in a process of its own, so that it can be killed or live under a limit.

use std::process::{Child, Command, Stdio};

use db::backups::Place;
use db::backups::owner::Owner;
use db::platform::Platform;
use db::{Clock, ConnectOptions, Db};
use domain::backups::{Kind, Trigger};
use domain::permission::Permission;
use jobs::backups::{Backups, create};
use jobs::storage::{Storage, StorageUrl};
use tokio_util::sync::CancellationToken;

use crate::backup_setup::World;

const TOLD: &str = "STOA_TEST_BACKUP_CHILD";

/// Starts a backup of the world. `limit`: the largest file it may write, in KiB.
pub fn spawn(world: &World, kind: Kind, limit: Option<u32>) -> Child {
    let test = std::env::current_exe().unwrap();
    let told = [
        world.test.url.clone(),
        world.test.owner_url.clone(),
        world.folder.to_string_lossy().into_owned(),
        kind.to_string(),
        world.test.db.clock().now().to_rfc3339(),
    ];
    // Where the limit is reached, the write fails; the signal that comes with it would end the process.
    let limit = limit.map(|kib| format!("trap '' XFSZ; ulimit -f {kib};")).unwrap_or_default();
    Command::new("bash")
        .args(["-c", &format!("{limit} exec \"$0\" \"$@\"")])
        .arg(test)
        .args(["--exact", "backup_child::child", "--ignored"])
        .env(TOLD, told.join("\n"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[tokio::test]
#[ignore = "not a test: started and killed by one"]
async fn child() {
    let told = db::testing::told(TOLD);
    let told: Vec<String> = told.lines().map(str::to_owned).collect();
    let [url, owner, folder, kind, now] = told.as_slice() else { panic!("five lines") };
    let clock = Clock::fixed(now.parse().unwrap());
    let db = Db::connect(ConnectOptions { url: url.clone(), pool: 5, redis_url: None, clock }).await.unwrap();
    let folder = std::path::PathBuf::from(folder);
    let kind: Kind = kind.parse().unwrap();
    let platform = Platform::command(db.clone());
    let place = match kind {
        Kind::Full => Place::Platform(platform),
        _ => Place::Tenant(platform.enter("ours").await.unwrap().scope(Permission::ManageBackups).unwrap()),
    };
    let backups = Backups {
        db,
        storage: Storage::open(&StorageUrl::Local(folder.join("storage"))).unwrap(),
        owner: Some(Owner::new(owner.clone())),
        recipient: None,
        identity: None,
        data_dir: folder.join("data"),
        days: 30,
        programs: None,
        offsite: None,
    };
    create(&backups, &place, kind, Trigger::Demand, &CancellationToken::new()).await.unwrap();
}
