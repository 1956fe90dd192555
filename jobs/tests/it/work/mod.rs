//! Workers at work: outcomes, stops, and deaths. Workers that die are processes of their own.

mod crashes;
mod kinds;
mod outcomes;
mod process;

use std::sync::Arc;
use std::time::Duration;

use db::platform::{Platform, PlatformTx};
use db::queue::NewJob;
use db::testing::{self, TestDb};
use domain::ids::{JobId, TenantId};
use jobs::Tools;
use jobs::worker::Options;
use serde_json::json;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// A worker that knows the kinds of these tests, looks often and believes the silent for some seconds only.
pub fn options() -> Options {
    options_with(Arc::new(Tools::new(std::env::temp_dir())))
}

/// The same with other tools.
pub fn options_with(tools: Arc<Tools>) -> Options {
    Options {
        kinds: kinds::KINDS,
        timetable: Vec::new,
        beat: Duration::from_millis(300),
        silence: Duration::from_secs(4),
        poll: Duration::from_millis(100),
        drain: Duration::from_millis(500),
        ..Options::new(tools)
    }
}

pub fn work(db: &TestDb, options: Options) -> (CancellationToken, JoinHandle<()>) {
    let stop = CancellationToken::new();
    (stop.clone(), tokio::spawn(jobs::worker::run(db.db.clone(), options, stop)))
}

pub async fn enqueue(db: &TestDb, tenant: TenantId, job: &NewJob) -> JobId {
    let tx = Platform::command(db.db.clone()).begin().await.unwrap();
    let id = db::queue::enqueue_for_platform(&tx, tenant, job).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    id
}

pub async fn enqueue_nil(db: &TestDb, kind: &'static str) -> JobId {
    enqueue(db, PlatformTx::NIL, &job(kind)).await
}

pub fn job(kind: &'static str) -> NewJob {
    NewJob::new(kind, json!({}))
}

/// Waits until `sql` gives `wanted`, as [`TestDb::scalar`] sees it.
pub async fn until(db: &TestDb, sql: &str, wanted: i64, within: Duration) {
    let found = async || (db.scalar(sql).await == wanted).then_some(());
    testing::within(within, &format!("{sql} is {wanted}"), found).await;
}

pub const MINUTE: Duration = Duration::from_secs(60);
