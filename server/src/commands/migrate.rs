//! `stoa migrate`: the schema, as the owner of the tables; then what an older version stored otherwise; then partitions
//! for the quarters to come.

use migrations::Migrator;
use sea_orm_migration::MigratorTrait;
use sea_orm_migration::sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr};

use super::connect;
use super::failure::Failure;
use super::output::Output;
use crate::config::Config;

pub async fn run(config: &Config, out: Output) -> Result<(), Failure> {
    // One connection, because the lock belongs to it.
    let mut options = ConnectOptions::new(&config.database.migration_url);
    options.max_connections(1).sqlx_logging(false);
    let owner = Database::connect(options).await.map_err(|error| {
        Failure::failed(format!("cannot connect to PostgreSQL with MIGRATION_DATABASE_URL: {error}; run: stoa doctor"))
    })?;
    let applied = migrate(&owner)
        .await
        .map_err(|error| Failure::failed(format!("the migration failed and was rolled back: {error}")))?;
    owner.close().await.map_err(Failure::failed)?;
    // The owner's setting wins over later settings of the program.
    db::platform::keep_fewest_days(&config.database.migration_url, config.delete_grace_days).await?;
    let db = connect::database(config).await?;
    for email in db::people::email_keys::mend(&db).await.map_err(Failure::failed)? {
        tracing::warn!(email, "this email is another spelling of an older account's email; it cannot sign in");
    }
    let tools = crate::background::tools(config, &db).map_err(Failure::failed)?;
    let mended = db::mend::once(&db).await.map_err(Failure::failed)?;
    let partitions = jobs::run_named(&db, &tools, "partitions").await.map_err(Failure::failed)?;
    let mut text = match applied.as_slice() {
        [] => "the database is up to date".to_owned(),
        names => format!("applied {}", names.join(", ")),
    };
    if mended > 0 {
        text.push_str(&format!("; corrected {mended} rows of an older version"));
    }
    out.result(&serde_json::json!({"applied": applied, "mended": mended, "partitions": partitions}), &text);
    Ok(())
}

async fn migrate(owner: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    // Two that migrate at once: the second waits and finds nothing to do.
    db::schema::take_turn(owner).await?;
    let pending = Migrator::get_pending_migrations(owner).await?;
    Migrator::up(owner, None).await?;
    Ok(pending.iter().map(|m| m.name().to_owned()).collect())
}
