//! Announcements between processes, over NOTIFY. Sent after the commit and not within it: a NOTIFY inside a
//! transaction makes all commits of the database wait for each other.

use std::collections::HashMap;
use std::time::Duration;

use domain::ids::TenantId;
use sqlx::postgres::PgListener;

use crate::connect::Db;
use crate::error::DataError;
use crate::settings;

const CHANNEL: &str = "stoa_feed";

/// Sends this process's announcements until the process ends, many tenants a statement.
pub(crate) async fn send(db: Db) {
    let Some(mut outgoing) = db.hub().take_outgoing() else { return };
    let mut batch = Vec::new();
    while outgoing.recv_many(&mut batch, 1_024).await > 0 {
        let mut heads: HashMap<TenantId, i64> = HashMap::new();
        for (tenant, seq) in batch.drain(..) {
            let head = heads.entry(tenant).or_insert(seq);
            *head = seq.max(*head);
        }
        let words: Vec<String> = heads.iter().map(|(tenant, seq)| format!("{tenant}:{seq}")).collect();
        // SQL: an announcement has no table.
        let sql = "select pg_notify($1, word) from unnest($2::text[]) word";
        if let Err(error) = sqlx::query(sql).bind(CHANNEL).bind(&words).execute(&db.pool).await {
            tracing::warn!(%error, "could not announce feed events; other processes will ask for them");
        }
    }
}

/// Hears other processes' announcements for as long as it is polled; reconnects by itself.
///
/// # Errors
/// Never in practice: losses of connection are waited out.
pub async fn listen(db: Db) -> Result<(), DataError> {
    loop {
        if let Err(error) = hear(&db).await {
            tracing::warn!(%error, "lost the announcements of other processes; trying again");
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

// Until the connection is lost: what was announced meanwhile must not be thought to have been heard.
async fn hear(db: &Db) -> Result<(), DataError> {
    let mut listener = PgListener::connect_with(&db.pool).await?;
    listener.listen_all([CHANNEL, settings::CHANNEL]).await?;
    let edits = settings::Hearing::begin(&db.known().settings);
    while let Some(heard) = listener.try_recv().await? {
        if heard.channel() == settings::CHANNEL {
            edits.heard(heard.payload()).await;
        } else if let Some((tenant, seq)) = parse(heard.payload()) {
            db.hub().arrived(tenant, seq);
        }
    }
    Ok(())
}

fn parse(payload: &str) -> Option<(TenantId, i64)> {
    let (tenant, seq) = payload.split_once(':')?;
    Some((tenant.parse().ok()?, seq.parse().ok()?))
}
