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

macro_rules! script {
    ($name:literal) => {
        Script { name: $name, sql: include_str!(concat!("sql/", $name, ".sql")) }
    };
}

/// One SQL file; its name is what the migration table remembers.
#[derive(Clone, Copy)]
struct Script {
    name: &'static str,
    sql: &'static str,
}

const SCRIPTS: &[Script] = &[
    script!("m20261120_000001_create_platform"),
    script!("m20261120_000002_create_catalog"),
    script!("m20261120_000003_create_orders"),
    script!("m20261120_000004_create_figures"),
    script!("m20261120_000005_create_imports"),
    script!("m20261121_000006_open_platform_door"),
    script!("m20261121_000007_create_jobs"),
    script!("m20261121_000008_net_partitions"),
    script!("m20261121_000009_create_backups"),
    script!("m20261121_000010_create_mail"),
    script!("m20261121_000011_drop_implied_keys"),
    script!("m20261121_000012_index_partly_refunded"),
    script!("m20261121_000013_index_unstarted_imports"),
    script!("m20261121_000028_archive_partitions"),
    script!("m20261121_000040_count_usage"),
    script!("m20261121_000041_let_tenants_leave"),
    script!("m20261121_000042_erase_tenants"),
    script!("m20261121_000050_create_teams"),
    script!("m20261121_000060_chain_audit"),
    script!("m20261121_000061_choose_return_day"),
    script!("m20261121_000065_forget_imports"),
    script!("m20261121_000070_create_passkeys"),
    script!("m20261121_000071_create_identity_providers"),
    script!("m20261121_000072_retry_unread_backups"),
    script!("m20261121_000075_drop_import_queue"),
    script!("m20261122_000001_search_by_keys"),
    script!("m20261122_000002_index_what_waits"),
    script!("m20261122_000003_count_product_weeks"),
    script!("m20261122_000010_create_webhooks"),
    script!("m20261130_000101_note_adjusted_orders"),
    script!("m20261130_000201_keep_what_orders_say"),
    script!("m20261130_000202_find_tenants_by_key"),
    script!("m20261130_000301_key_numbers"),
    script!("m20261130_000302_date_titles"),
    script!("m20261130_000501_keep_replays_within_reach"),
    script!("m20261130_000502_find_accounts_by_key"),
    script!("m20261130_000503_prove_addresses"),
    script!("m20261130_000701_anchor_audit"),
    script!("m20261130_000801_let_orders_live"),
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
