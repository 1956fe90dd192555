//! A worker in a process of its own, so that it can be stopped and killed.

use db::testing::{self, Process, TestDb, told};
use db::{Clock, ConnectOptions, Db};
use tokio_util::sync::CancellationToken;

use super::options;

const URL: &str = "STOA_TEST_WORKER_URL";
const PLACES: &str = "STOA_TEST_WORKER_PLACES";

/// Starts a worker with so many places.
pub fn worker(db: &TestDb, places: usize) -> Process {
    Process::start(testing::child("work::process::child").env(URL, &db.url).env(PLACES, places.to_string()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "not a test: started and killed by one"]
async fn child() {
    let connect = ConnectOptions { url: told(URL), pool: 5, redis_url: None, clock: Clock::System };
    let db = Db::connect(connect).await.unwrap();
    let options = options().with_places(told(PLACES).parse().unwrap());
    jobs::worker::run(db, options, CancellationToken::new()).await;
}
