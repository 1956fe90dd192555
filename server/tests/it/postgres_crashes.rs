//! PostgreSQL crashes while orders arrive: nothing acknowledged is lost, nothing is stored twice, and the program finds
//! its database again by itself.

use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::cluster::Cluster;
use crate::harness::http;
use crate::killed::until_acknowledged;

const LANES: usize = 8;
const BACK_WITHIN: Duration = Duration::from_secs(5);

/// The program beside its cluster.
struct Program {
    cluster: Cluster,
    port: u16,
}

impl Program {
    fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_stoa"));
        command.args(line.split_whitespace()).env_clear();
        command.env("DATABASE_URL", self.cluster.url("stoa_app"));
        command.env("MIGRATION_DATABASE_URL", self.cluster.url("stoa_owner"));
        command.env("STOA_SECRET", "a secret of thirty-two characters");
        command.env("STOA_ADDR", format!("127.0.0.1:{}", self.port)).env("STOA_PUBLIC_URL", self.base());
        command.env("STOA_WORKER", "false").stdin(Stdio::null()).stderr(Stdio::null());
        command
    }

    fn run(&self, line: &str) -> String {
        let Output { status, stdout, .. } = self.command(line).output().unwrap();
        assert!(status.success(), "stoa {line}");
        String::from_utf8(stdout).unwrap().trim().to_owned()
    }

    fn serve(&self) -> Child {
        self.command("serve").stdout(Stdio::null()).spawn().unwrap()
    }

    /// Until it answers that it may serve; how long that took.
    async fn until_ready(&self) -> Duration {
        let (client, started) = (http().timeout(Duration::from_secs(2)).build().unwrap(), Instant::now());
        loop {
            let answer = client.get(format!("{}/ready", self.base())).send().await;
            if answer.is_ok_and(|answer| answer.status() == 200) {
                return started.elapsed();
            }
            assert!(started.elapsed() < Duration::from_secs(60), "never ready");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn orders_survive_crashes_of_postgresql() {
    let (orders, crashes) = if db::testing::full_counts() { (10_000, 20) } else { (400, 2) };
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let program = Program { cluster: Cluster::start(), port };
    program.run("migrate");
    program.run("tenant create --slug shop --name Shop");
    program.run("store create --tenant shop --slug north --name North --time-zone Europe/London --currency GBP");
    let key = program.run("api-key create --tenant shop --scopes orders:read,orders:write");
    let mut serving = program.serve();
    program.until_ready().await;

    let done = Arc::new(AtomicUsize::new(0));
    let clients: Vec<_> = (0..LANES)
        .map(|lane| {
            let (base, key, done) = (program.base(), key.clone(), Arc::clone(&done));
            tokio::spawn(async move {
                let client = http().timeout(Duration::from_secs(10)).build().unwrap();
                for n in (lane..orders).step_by(LANES) {
                    until_acknowledged(&client, &base, &key, n).await;
                    done.fetch_add(1, Ordering::SeqCst);
                }
            })
        })
        .collect();
    let mut longest = Duration::ZERO;
    for crash in 1..=crashes {
        while done.load(Ordering::SeqCst) < crash * orders / (crashes + 1) {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        program.cluster.crash();
        program.cluster.recover();
        longest = longest.max(program.until_ready().await);
    }
    for client in clients {
        client.await.unwrap();
    }
    eprintln!("{orders} orders, {crashes} crashes, ready at most {longest:?} after recovery");
    assert!(longest <= BACK_WITHIN, "ready only {longest:?} after PostgreSQL");
    assert!(serving.try_wait().unwrap().is_none(), "the program itself never ended");
    serving.kill().unwrap();
    serving.wait().unwrap();
    check(&program, orders);
}

fn check(program: &Program, orders: usize) {
    let count = orders.to_string();
    let ask = |sql: &str| program.cluster.ask(sql);
    assert_eq!(ask("select count(*) from orders"), count, "none lost, none doubled");
    assert_eq!(ask("select count(distinct number) from orders"), count);
    assert_eq!(ask("select count(*) from order_items"), count, "no half orders");
    assert_eq!(ask("select count(*) from feed_events where kind = 'order.placed'"), count);
    assert_eq!(ask("select max(seq) - count(*) from feed_events"), "0", "the feed has no hole");
    program.run("rollups verify");
}
