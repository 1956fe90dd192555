//! A worker in a process of its own, so that it can be stopped and killed.

use std::process::{Child, Command, Stdio};

use db::testing::TestDb;
use db::{Clock, ConnectOptions, Db};
use tokio_util::sync::CancellationToken;

use super::options;

const URL: &str = "STOA_TEST_WORKER_URL";
const PLACES: &str = "STOA_TEST_WORKER_PLACES";

/// A worker; killed with its handle.
pub struct Worker(Child);

impl Worker {
    /// Starts one with so many places.
    pub fn start(db: &TestDb, places: usize) -> Self {
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "work::process::child", "--ignored"])
            .env(URL, &db.url)
            .env(PLACES, places.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self(child)
    }

    /// Sends a signal by its name.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.0.id().to_string()]).status().unwrap();
        assert!(sent.success(), "{name}");
    }

    /// Whether it still runs.
    pub fn is_alive(&mut self) -> bool {
        self.0.try_wait().unwrap().is_none()
    }

    /// Ends it as the kernel does.
    pub fn kill(&mut self) {
        let _gone = self.0.kill();
        self.0.wait().unwrap();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.kill();
    }
}

#[expect(clippy::disallowed_methods, reason = "the parent test has no other way to tell its child")]
fn told(name: &str) -> String {
    std::env::var(name).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "not a test: started and killed by one"]
async fn child() {
    let connect = ConnectOptions { url: told(URL), pool: 5, redis_url: None, clock: Clock::System };
    let db = Db::connect(connect).await.unwrap();
    let options = options().with_places(told(PLACES).parse().unwrap());
    jobs::worker::run(db, options, CancellationToken::new()).await;
}
