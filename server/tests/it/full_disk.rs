//! Whether `/ready` tells of a data folder that takes nothing more.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use db::testing::{self, TestDb};
use serde_json::Value;

use crate::harness::{App, http};

async fn ready(base: &str) -> Option<(u16, Value)> {
    let answer = http().build().unwrap().get(format!("{base}/ready")).send().await.ok()?;
    Some((answer.status().as_u16(), answer.json().await.ok()?))
}

async fn until(base: &str, status: u16, folder: &str) {
    let came = async || ready(base).await.filter(|(found, report)| *found == status && report["data_folder"] == folder);
    testing::eventually(&format!("{status} {folder}"), came).await;
}

#[tokio::test]
async fn a_data_folder_that_is_none_is_named() {
    let path = std::env::temp_dir().join(format!("stoa-no-folder-{}", uuid::Uuid::new_v4()));
    let app = App::with(&[("STOA_DATA_DIR", path.to_str().unwrap())]).await;
    let (status, report) = ready(&app.base).await.unwrap();
    assert_eq!((status, report["data_folder"].as_str()), (200, Some("ok")), "{report}");
    fs::remove_dir_all(&path).unwrap();
    fs::write(&path, b"in its place").unwrap();
    until(&app.base, 503, "not a folder").await;
    let (status, report) = ready(&app.base).await.unwrap();
    let said = (report["status"].as_str(), report["data_folder"].as_str());
    assert_eq!((status, said), (503, (Some("not ready"), Some("not a folder"))), "{report}");
    assert!(!report.to_string().contains("stoa-no-folder"), "its path is nobody's business: {report}");
    fs::remove_file(&path).unwrap();
}

struct Server {
    child: Child,
    base: String,
    dir: PathBuf,
}

impl Server {
    /// The program after `before` in a shell, which may be in a mount namespace of its own.
    fn start(db: &TestDb, shell: &[&str], before: &str) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let dir = std::env::temp_dir().join(format!("stoa-full-{}", db.name));
        fs::create_dir_all(&dir).unwrap();
        let script = format!("{before} && exec {} serve", env!("CARGO_BIN_EXE_stoa"));
        let child = Command::new(shell[0])
            .args(&shell[1..])
            .arg(script)
            .env_clear()
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .env("FOLDER", &dir)
            .env("DATABASE_URL", &db.url)
            .env("STOA_SECRET", "a secret of thirty-two characters")
            .env("STOA_ADDR", format!("127.0.0.1:{port}"))
            .env("STOA_PUBLIC_URL", format!("http://127.0.0.1:{port}"))
            .env("STOA_DATA_DIR", dir.join("data"))
            .env("STOA_WORKER", "false")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self { child, base: format!("http://127.0.0.1:{port}"), dir }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _gone = self.child.wait();
        let _removed = fs::remove_dir_all(&self.dir);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_and_a_read_only_data_folder_are_named_until_they_take_files_again() {
    let db = TestDb::new().await;
    let mount = "mount -t tmpfs -o size=2m tmpfs \"$FOLDER\" && mkdir \"$FOLDER/data\"";
    let unshared = ["unshare", "--mount", "sh", "-c"];
    let possible = Command::new("unshare")
        .args(["--mount", "sh", "-c", "mount -t tmpfs -o size=1m tmpfs /mnt"])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !possible {
        println!("skipped: nothing can be mounted here; a limit of file sizes stands in for a full disk elsewhere");
        return;
    }
    let server = Server::start(&db, &unshared, mount);
    until(&server.base, 200, "ok").await;
    // What its namespace sees, from outside.
    let inside = PathBuf::from(format!("/proc/{}/root", server.child.id())).join(server.dir.strip_prefix("/").unwrap());
    let filler = inside.join("data/filler");
    let mut file = fs::File::create(&filler).unwrap();
    while std::io::Write::write_all(&mut file, &[0; 4_096]).is_ok() {}
    until(&server.base, 503, "full").await;
    drop(file);
    fs::remove_file(&filler).unwrap();
    until(&server.base, 200, "ok").await;
    let remount = |how: &str| {
        let target = format!("--target={}", server.child.id());
        let options = format!("remount,{how}");
        let folder = server.dir.to_str().unwrap();
        let status = Command::new("nsenter").args([&target, "--mount", "mount", "-o", &options, folder]).status();
        assert!(status.unwrap().success());
    };
    remount("ro");
    until(&server.base, 503, "read-only").await;
    remount("rw");
    until(&server.base, 200, "ok").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_folder_at_its_quota_is_full() {
    let db = TestDb::new().await;
    // Files of 16 KB at most: as a quota refuses, without a mount.
    let server = Server::start(&db, &["sh", "-c"], "trap '' XFSZ; ulimit -f 32");
    until(&server.base, 503, "full").await;
}
