//! Uploads that nobody needs any more.

use std::fs::{self, File};
use std::time::{Duration, SystemTime};

use db::imports::{Begin, Created, NewRun, create};
use domain::imports::{Format, RunStatus};

use crate::setup::Shop;

/// A run that waits for a word, and its file.
pub async fn checked_run(shop: &Shop, name: &str) -> (domain::ids::ImportId, std::path::PathBuf) {
    let folder = shop.folder.join("imports").join(shop.access.tenant().to_string());
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    fs::write(&path, name).unwrap();
    let new = NewRun {
        store: &shop.store,
        format: Format::OrdersCsv,
        file_name: name,
        file_path: &path.to_string_lossy(),
        file_size: 5,
        file_hash: name.as_bytes(),
        mode: Default::default(),
        begin: Begin::Check,
    };
    let Created::New(run) = create(&shop.scope(), new).await.unwrap() else { panic!("{name} is not new") };
    let owner = shop.test.owner(shop.access.tenant()).await;
    let sql = "update import_runs set status = 'checked' where id = $1";
    sqlx::query(sql).bind(run.id.0).execute(&owner).await.unwrap();
    (run.id, path)
}

#[tokio::test]
async fn a_run_that_was_forgotten_is_given_up_with_its_file_and_no_other() {
    let shop = Shop::new().await;
    let (old, old_file) = checked_run(&shop, "old.csv").await;
    let (new, new_file) = checked_run(&shop, "new.csv").await;
    let owner = shop.test.owner(shop.access.tenant()).await;
    let sql = "update import_runs set created_at = created_at - interval '8 days' where id = $1";
    sqlx::query(sql).bind(old.0).execute(&owner).await.unwrap();
    let parts = ["stale.part", "fresh.part"].map(|name| old_file.with_file_name(name));
    let files = parts.clone().map(|path| File::create(path).unwrap());
    files[0].set_modified(SystemTime::now() - Duration::from_secs(2 * 86_400)).unwrap();

    let given_up = jobs::imports::expire(&shop.test.db, &shop.folder).await.unwrap();

    assert_eq!(given_up, 1);
    let run = db::imports::show(&shop.scope(), old).await.unwrap();
    assert_eq!(run.status, RunStatus::Failed);
    assert!(run.error.unwrap().contains("Upload it again"));
    assert_eq!(db::imports::show(&shop.scope(), new).await.unwrap().status, RunStatus::Checked);
    assert!(!old_file.exists() && new_file.exists());
    assert!(!parts[0].exists() && parts[1].exists());
    assert_eq!(jobs::imports::expire(&shop.test.db, &shop.folder).await.unwrap(), 0);
}
