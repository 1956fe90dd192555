//! The program as a process of its own: how it ends, and what it writes down.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use db::testing::{self, TestDb};
use domain::permission::{KeyScope, Permission};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::http;
use crate::killed::Program;

const SOON: Duration = Duration::from_secs(15);

async fn until_ready(program: &Program) {
    let http = http().build().unwrap();
    let asked = async || http.get(format!("{}/ready", program.base())).send().await.ok();
    testing::eventually("it is ready", async || asked().await.filter(|answer| answer.status() == 200)).await;
}

fn ask_to_end(id: u32) {
    assert!(Command::new("kill").args(["-TERM", &id.to_string()]).status().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_half_sent_when_the_program_is_asked_to_end_is_answered_and_stored() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "shop").await;
    testing::store(&access, "north", "Europe/London", "GBP").await;
    let key = db::api_keys::create(&access.scope(Permission::ManageKeys).unwrap(), &KeyScope::ALL, None).await.unwrap();
    let program = Program::new(&db);
    let mut child = program.start_with(&[]);
    until_ready(&program).await;
    let body = json!({
        "store": "north", "number": "D-1", "placed_at": "2026-03-01T10:00:00Z", "currency": "GBP",
        "items": [{"title": "Thing", "quantity": 1, "unit_price": 100}],
    })
    .to_string();
    let address = program.base().strip_prefix("http://").unwrap().to_owned();
    let head = format!(
        "POST /api/v1/orders HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {key}\r\nidempotency-key: d\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let mut half = TcpStream::connect(&address).await.unwrap();
    half.write_all(head.as_bytes()).await.unwrap();
    half.write_all(&body.as_bytes()[..20]).await.unwrap();
    // Until the server reads it: nothing shows outside that it does.
    tokio::time::sleep(Duration::from_millis(200)).await;
    ask_to_end(child.id());
    testing::eventually("no one new is let in", async || TcpStream::connect(&address).await.err()).await;
    half.write_all(&body.as_bytes()[20..]).await.unwrap();
    let mut answer = String::new();
    tokio::time::timeout(SOON, half.read_to_string(&mut answer)).await.unwrap().unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    let ended = tokio::task::spawn_blocking(move || child.wait().unwrap());
    assert!(tokio::time::timeout(SOON, ended).await.unwrap().unwrap().success());
    let scope = access.scope(Permission::ReadOrders).unwrap();
    assert_eq!(db::orders::list::list(&scope, &Default::default()).await.unwrap().rows.len(), 1);
}

// The lines of the files in `dir` whose names begin with `name`.
fn lines(dir: &Path, name: &str) -> Vec<String> {
    let files = std::fs::read_dir(dir).unwrap().map(|file| file.unwrap());
    let ours = files.filter(|file| file.file_name().to_string_lossy().starts_with(name));
    ours.flat_map(|f| std::fs::read_to_string(f.path()).unwrap().lines().map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_lines_for_people_or_for_programs_in_a_file_a_day_and_slow_requests_have_their_own() {
    let db = TestDb::new().await;
    let program = Program::new(&db);
    for format in ["json", "text"] {
        let dir = std::env::temp_dir().join(format!("stoa-log-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir(&dir).unwrap();
        let settings = [("STOA_LOG_DIR", dir.to_str().unwrap()), ("STOA_LOG_FORMAT", format), ("STOA_SLOW_MS", "1")];
        let mut child = program.start_with(&settings);
        until_ready(&program).await;
        ask_to_end(child.id());
        assert!(tokio::task::spawn_blocking(move || child.wait().unwrap()).await.unwrap().success());
        let (all, slow) = (lines(&dir, "stoa."), lines(&dir, "performance."));
        assert!(!all.is_empty() && slow.iter().any(|line| line.contains("/ready")), "{format}: {all:?} {slow:?}");
        for line in all.iter().chain(&slow) {
            let read: Result<Value, _> = serde_json::from_str(line);
            assert_eq!(read.is_ok_and(|line| line["timestamp"].is_string()), format == "json", "{line}");
        }
        std::fs::remove_dir_all(&dir).unwrap();
    }
}
