//! What the tests have in common.

use std::path::PathBuf;

use db::stores::Store;
use db::testing::{self, TestDb};
use db::{Access, Scope};
use domain::imports::Format;
use domain::permission::Permission;
use jobs::imports::{FileImport, ImportError, Outcome, run_file};
use uuid::Uuid;

/// A tenant with one store in a database of its own, and a folder for files.
pub struct Shop {
    pub test: TestDb,
    pub access: Access,
    pub store: Store,
    pub folder: PathBuf,
}

impl Shop {
    pub async fn new() -> Self {
        Self::with(TestDb::new().await).await
    }

    pub async fn with(test: TestDb) -> Self {
        let access = testing::tenant(&test.db, "demo").await;
        let store = testing::store(&access, "main", "Europe/London", "GBP").await;
        let folder = std::env::temp_dir().join(format!("stoa-{}", test.name));
        std::fs::create_dir_all(&folder).unwrap();
        Self { test, access, store, folder }
    }

    pub fn scope(&self) -> Scope {
        self.access.scope(Permission::RunImports).unwrap()
    }

    /// A file of this content in the folder.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    pub async fn import(&self, format: Format, path: PathBuf) -> Result<Outcome, ImportError> {
        run_file(&self.access, self.options(format, path)).await
    }

    pub fn options(&self, format: Format, path: PathBuf) -> FileImport {
        FileImport { store: "main".into(), format, path, mode: Default::default(), dry_run: false, size_limit: 1 << 30 }
    }

    /// The first column of the first row, as the tables' owner sees it.
    pub async fn count(&self, sql: &'static str) -> i64 {
        let pool = self.test.owner(self.access.tenant()).await;
        let count = sqlx::query_scalar(sql).fetch_one(&pool).await.unwrap();
        pool.close().await;
        count
    }

    /// Rows of every table that an import may write to.
    pub async fn rows(&self) -> i64 {
        self.count(
            "select (select count(*) from orders) + (select count(*) from order_items) + (select count(*) from order_refs) \
             + (select count(*) from customers) + (select count(*) from variants) + (select count(*) from rollup_days) \
             + (select count(*) from import_runs) + (select count(*) from import_problems)",
        )
        .await
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The real file.
pub fn real_file() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/online-retail/online-retail-2010-12.csv"))
}

/// Somebody who takes runs.
pub fn owner() -> Uuid {
    Uuid::new_v4()
}

/// A file of `orders-jsonl` with `count` orders, numbered from 1.
pub fn jsonl(count: usize) -> String {
    (1..=count)
        .map(|n| {
            format!(
                "{{\"number\":\"{n}\",\"placed_at\":\"2026-01-{:02}T10:00:00Z\",\"currency\":\"GBP\",\
                 \"items\":[{{\"sku\":\"T{}\",\"title\":\"Tea\",\"quantity\":1,\"unit_price\":450}}]}}\n",
                n % 28 + 1,
                n % 7
            )
        })
        .collect()
}
