//! Wakes idle workers: those of this process at once, others through NOTIFY, sent after the commit and gathered (see
//! decision 0006). A bell that nobody hears costs at most a second: workers look by themselves that often.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sqlx::postgres::PgListener;
use tokio::sync::{mpsc, watch};

use crate::connect::Db;

const CHANNEL: &str = "stoa_jobs";
// At most so often, so that a flood of small transactions does not become a flood of announcements.
const PAUSE: Duration = Duration::from_millis(5);

/// The bell of one process.
pub struct Bell {
    rung: watch::Sender<u64>,
    outgoing: mpsc::UnboundedSender<&'static str>,
    waiting: Mutex<Option<mpsc::UnboundedReceiver<&'static str>>>,
}

impl Bell {
    pub(crate) fn new() -> Self {
        let (outgoing, waiting) = mpsc::unbounded_channel();
        Self { rung: watch::Sender::new(0), outgoing, waiting: Mutex::new(Some(waiting)) }
    }

    /// Says that there is work in `queue`.
    pub(crate) fn ring(&self, queue: &'static str) {
        self.ring_here();
        // Without a sender task (a process that is about to end) others find out by looking.
        let _unsent = self.outgoing.send(queue);
    }

    /// Changes at every ring.
    pub(super) fn heard(&self) -> watch::Receiver<u64> {
        self.rung.subscribe()
    }

    fn ring_here(&self) {
        self.rung.send_modify(|count| *count = count.wrapping_add(1));
    }
}

/// Sends this process's rings until the process ends.
pub(crate) async fn send(db: Db) {
    let waiting = db.bell().waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some(mut waiting) = waiting else { return };
    let mut batch = Vec::new();
    while waiting.recv_many(&mut batch, 1_024).await > 0 {
        let queues: Vec<&str> = batch.drain(..).collect::<BTreeSet<_>>().into_iter().collect();
        // SQL: an announcement has no table.
        let sql = "select pg_notify($1, queue) from unnest($2::text[]) queue";
        if let Err(error) = sqlx::query(sql).bind(CHANNEL).bind(&queues).execute(&db.pool).await {
            tracing::debug!(%error, "could not ring for workers; they look once a second");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Hears other processes' rings for as long as it is polled; reconnects by itself.
pub(super) async fn listen(db: &Db) {
    loop {
        if let Err(error) = hear(db).await {
            tracing::warn!(%error, "lost the bell of the job queue; trying again");
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

async fn hear(db: &Db) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect_with(&db.pool).await?;
    listener.listen(CHANNEL).await?;
    loop {
        listener.recv().await?;
        db.bell().ring_here();
    }
}
