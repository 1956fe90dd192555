//! What the tests of backups have in common.

use std::path::PathBuf;

use db::backups::owner::Owner;
use db::backups::{Backup, Place};
use db::platform::Platform;
use db::testing::{self, TestDb};
use db::{Access, Clock, Scope};
use domain::backups::{Kind, Trigger};
use domain::ids::BackupId;
use domain::permission::Permission;
use jobs::backups::{BackupError, Backups, Made, Verified, create, make};
use jobs::storage::{Storage, StorageUrl};
use sqlx::{Connection, PgConnection};
use tokio_util::sync::CancellationToken;

/// Two tenants with orders, and a place for backups of their own.
pub struct World {
    pub test: TestDb,
    pub backups: Backups,
    pub ours: Access,
    pub theirs: Access,
    pub folder: PathBuf,
}

impl World {
    pub async fn new() -> Self {
        Self::with(Clock::System).await
    }

    pub async fn with(clock: Clock) -> Self {
        Self::on(TestDb::with(clock, None).await).await
    }

    pub async fn on(test: TestDb) -> Self {
        let folder = std::env::temp_dir().join(format!("stoa-backups-{}", test.name));
        let _before = std::fs::remove_dir_all(&folder);
        let storage = Storage::open(&StorageUrl::Local(folder.join("storage"))).unwrap();
        let backups = Backups {
            db: test.db.clone(),
            storage,
            owner: Some(Owner::new(test.owner_url.clone())),
            recipient: None,
            identity: None,
            data_dir: folder.join("data"),
            days: 30,
            programs: None,
            offsite: None,
        };
        let (ours, theirs) = (testing::tenant(&test.db, "ours").await, testing::tenant(&test.db, "theirs").await);
        let world = Self { test, backups, ours, theirs, folder };
        for access in [&world.ours, &world.theirs] {
            testing::store(access, "north", "Europe/London", "GBP").await;
            world.order(access, 1..=5).await;
        }
        world
    }

    /// Orders with these numbers.
    pub async fn order(&self, access: &Access, numbers: std::ops::RangeInclusive<i64>) {
        let scope = access.scope(Permission::WriteOrders).unwrap();
        let tx = scope.begin().await.unwrap();
        let store = db::stores::by_slug(&tx, "north").await.unwrap();
        tx.commit().await.unwrap();
        let now = self.test.db.clock().now();
        let orders: Vec<_> =
            numbers.map(|n| testing::order(&store, &n.to_string(), now - chrono::TimeDelta::days(n), n)).collect();
        testing::place_all(&scope, &store, &orders).await;
    }

    pub fn scope(&self) -> Scope {
        self.ours.scope(Permission::ManageBackups).unwrap()
    }

    pub fn place(&self) -> Place {
        Place::Tenant(self.scope())
    }

    pub fn platform(&self) -> Platform {
        Platform::command(self.test.db.clone())
    }

    pub fn whole(&self) -> Place {
        Place::Platform(self.platform())
    }

    pub fn place_of(&self, kind: Kind) -> Place {
        if kind == Kind::Full { self.whole() } else { self.place() }
    }

    pub async fn make(&self, kind: Kind) -> Result<(Made, Verified), BackupError> {
        make(&self.backups, &self.place_of(kind), kind, Trigger::Demand, &CancellationToken::new()).await
    }

    pub async fn create(&self, kind: Kind) -> Result<Made, BackupError> {
        create(&self.backups, &self.place_of(kind), kind, Trigger::Demand, &CancellationToken::new()).await
    }

    pub async fn row(&self, kind: Kind, id: BackupId) -> Backup {
        db::backups::show(&self.place_of(kind), id).await.unwrap()
    }

    /// A file of ours below the data directory.
    pub fn file(&self, name: &str, content: &[u8]) {
        let folder = self.backups.data_dir.join("imports").join(self.ours.tenant().to_string());
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(name), content).unwrap();
    }

    /// Objects of a backup, as files.
    pub fn objects(&self, id: BackupId) -> Vec<PathBuf> {
        let mut found = Vec::new();
        collect(&self.folder.join("storage"), &mut found);
        found.retain(|path| path.to_string_lossy().contains(&id.to_string()));
        found.sort();
        found
    }

    /// The words of all alarms.
    pub async fn alarms(&self) -> Vec<domain::backups::Alarm> {
        db::backups::alarms(&self.platform()).await.unwrap()
    }

    /// A hash of every row of every table with a tenant in it, but for those of `not`.
    pub async fn rows_of_others(&self, not: &Access) -> Vec<(String, String)> {
        let mut owner = self.test.backup_owner().await;
        let tables = db::backups::tables::all(&mut owner).await.unwrap();
        let mut found = Vec::new();
        for table in tables {
            let sql = format!(
                "select coalesce(string_agg(md5(t::text), '' order by t::text), '') from {} t where tenant_id <> $1",
                table.name
            );
            let hash =
                sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(not.tenant().0).fetch_one(&mut owner).await.unwrap();
            found.push((table.name, hash));
        }
        found
    }

    /// Scratch databases that are there.
    pub async fn scratches(&self) -> i64 {
        let mut owner = PgConnection::connect(&self.test.owner_url).await.unwrap();
        let sql = "select count(*) from pg_database d where starts_with(d.datname::text, \
                   (select 'stoa_scratch_' || oid::text || '_' from pg_database where datname = current_database()))";
        sqlx::query_scalar(sql).fetch_one(&mut owner).await.unwrap()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.folder);
    }
}

fn collect(folder: &std::path::Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() { collect(&entry.path(), found) } else { found.push(entry.path()) }
    }
}
