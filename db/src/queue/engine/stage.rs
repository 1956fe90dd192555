//! Jobs whose time has come.

use super::Engine;
use crate::error::DataError;

const BATCH: u64 = 1_000;

impl Engine {
    /// Makes ready what is due; how many jobs.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn stage(&self) -> Result<u64, DataError> {
        // SQL: found, locked and made ready in one statement.
        let sql = "with due as materialized (select tenant_id, id from jobs where state = 'scheduled' and run_at <= $1 order by run_at, id limit 1000 for update skip locked) \
                   update jobs j set state = 'ready', waits_for = null from due d where j.tenant_id = d.tenant_id and j.id = d.id";
        let now = self.db.clock().now();
        let mut staged = 0;
        loop {
            let batch = sqlx::query(sql).bind(now).execute(&self.pool).await?.rows_affected();
            staged += batch;
            if batch < BATCH {
                return Ok(staged);
            }
        }
    }
}
