//! The schema, as a list of migrations. Each is one SQL file, because partitions, row level
//! security and roles have no word in the ORM. Run by `stoa migrate` as the owner of the tables.

use sea_orm_migration::prelude::*;

/// All migrations, oldest first.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        SCRIPTS.iter().map(|script| Box::new(*script) as Box<dyn MigrationTrait>).collect()
    }
}

/// One SQL file; its name is what the migration table remembers.
#[derive(Clone, Copy)]
struct Script {
    name: &'static str,
    sql: &'static str,
}

const SCRIPTS: &[Script] = &[
    Script { name: "m20261120_000001_create_platform", sql: include_str!("sql/m20261120_000001_create_platform.sql") },
    Script { name: "m20261120_000002_create_catalog", sql: include_str!("sql/m20261120_000002_create_catalog.sql") },
    Script { name: "m20261120_000003_create_orders", sql: include_str!("sql/m20261120_000003_create_orders.sql") },
    Script { name: "m20261120_000004_create_figures", sql: include_str!("sql/m20261120_000004_create_figures.sql") },
    Script { name: "m20261120_000005_create_imports", sql: include_str!("sql/m20261120_000005_create_imports.sql") },
    Script {
        name: "m20261121_000006_open_platform_door",
        sql: include_str!("sql/m20261121_000006_open_platform_door.sql"),
    },
    Script { name: "m20261121_000008_net_partitions", sql: include_str!("sql/m20261121_000008_net_partitions.sql") },
    Script { name: "m20261121_000009_create_backups", sql: include_str!("sql/m20261121_000009_create_backups.sql") },
    Script {
        name: "m20261121_000028_archive_partitions",
        sql: include_str!("sql/m20261121_000028_archive_partitions.sql"),
    },
];

impl MigrationName for Script {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Script {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(self.sql).await.map(drop)
    }
}

/// Changes whenever the text of any migration changes: tells test templates apart.
pub fn fingerprint() -> u64 {
    // FNV-1a: enough to notice an edit.
    let bytes = SCRIPTS.iter().flat_map(|script| script.sql.bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
