//! What a worker does with the queue. It has connections of its own, which see the jobs of all tenants for as long as they
//! live and never go to anybody else, so that taking and settling a job is one round trip each.

mod claim;
mod life;
mod settle;

use std::sync::Arc;
use std::time::Duration;

use domain::ids::WorkerId;
use sqlx::postgres::PgPoolOptions;
use sqlx::{Executor, PgPool};
use tokio::sync::watch;

pub use claim::{Claim, Claimed};
pub use life::{Beat, Introduction};
pub use settle::{Ended, Settled};

use super::{Minutes, bell};
use crate::connect::{BECOME_APP, Db};
use crate::error::DataError;

// Every statement here knows its index. Estimates mislead: an index on a queue is full and empty by turns, and a table
// that is about to be read whole is a queue that stands still.
// SQL: settings of a session.
const BY_INDEX: &str = "set app.platform = 'on'; set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off; \
    set enable_bitmapscan = off; set plan_cache_mode = force_generic_plan";

/// A worker's hold on the queue.
#[derive(Clone)]
pub struct Engine {
    db: Db,
    pool: PgPool,
    worker: WorkerId,
    minutes: Arc<Minutes>,
}

impl Engine {
    /// Opens up to `connections` connections and makes the worker known.
    ///
    /// # Errors
    /// When PostgreSQL is out of reach.
    pub async fn open(db: &Db, connections: u32, introduction: &Introduction) -> Result<Self, DataError> {
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(Duration::from_secs(5))
            .test_before_acquire(false)
            .after_connect(|conn, _| {
                Box::pin(async move {
                    conn.execute(BECOME_APP).await?;
                    conn.execute(BY_INDEX).await.map(drop)
                })
            })
            .connect_with((*db.pool.connect_options()).clone())
            .await?;
        let engine = Self { db: db.clone(), pool, worker: db.clock().id(), minutes: Arc::default() };
        engine.introduce(introduction).await?;
        Ok(engine)
    }

    /// The same connections under a new name, after the old one was given up as lost.
    ///
    /// # Errors
    /// When PostgreSQL is out of reach.
    pub async fn reborn(&self, introduction: &Introduction) -> Result<Self, DataError> {
        let engine = Self { worker: self.db.clock().id(), ..self.clone() };
        engine.introduce(introduction).await?;
        Ok(engine)
    }

    /// This worker.
    pub const fn worker(&self) -> WorkerId {
        self.worker
    }

    /// The database handle.
    pub const fn db(&self) -> &Db {
        &self.db
    }

    /// What came of jobs, to be counted.
    pub fn minutes(&self) -> &Minutes {
        &self.minutes
    }

    /// Writes down what was counted.
    ///
    /// # Errors
    /// When PostgreSQL fails; then it is kept for the next time.
    pub async fn flush(&self) -> Result<(), DataError> {
        self.minutes.flush(&self.pool).await
    }

    /// Changes whenever somebody enqueued something.
    pub fn bell(&self) -> watch::Receiver<u64> {
        self.db.bell().heard()
    }

    /// Hears the bells of other processes for as long as it is polled.
    pub async fn listen(&self) {
        bell::listen(&self.db).await;
    }

    /// Closes the connections once they are idle.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}
