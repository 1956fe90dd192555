//! The storage on a real S3-compatible server: `s3s-fs`, which `scripts/setup.sh test` installs.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use domain::backups::Kind;
use jobs::backups::{prune, sweep};
use jobs::storage::{AwsVariables, ObjectPath, Storage, StorageError, StorageUrl};
use uuid::Uuid;

use crate::backup_setup::World;
use crate::storage::{keeps_its_promises, walk};

/// A server with one bucket. Ends with it.
struct Server {
    child: Child,
    root: PathBuf,
    port: u16,
}

impl Server {
    async fn start() -> Self {
        let root = std::env::temp_dir().join(format!("stoa-s3-{}", Uuid::new_v4()));
        std::fs::create_dir_all(root.join("bucket")).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = Command::new("s3s-fs")
            .args(["--host", "127.0.0.1", "--port", &port.to_string(), "--access-key", "us", "--secret-key", "hush"])
            .arg(&root)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("s3s-fs is missing: run scripts/setup.sh test");
        let server = Self { child, root, port };
        let connected = async || tokio::net::TcpStream::connect(("127.0.0.1", port)).await.ok();
        db::testing::eventually("s3s-fs listens", connected).await;
        server
    }

    fn storage(&self, secret: &str) -> Storage {
        let text = format!("s3://bucket/some/where?endpoint=http://127.0.0.1:{}", self.port);
        let keys = AwsVariables {
            access_key_id: Some("us".into()),
            secret_access_key: Some(secret.into()),
            ..AwsVariables::default()
        };
        Storage::open(&StorageUrl::parse(&text, &keys).unwrap()).unwrap()
    }

    /// Objects, and parts of such that never became whole; the server's own notes are not counted.
    fn files(&self) -> usize {
        walk(&self.root.join("bucket").join("some")) + parts(&self.root)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ended = self.child.kill().and_then(|()| self.child.wait());
        let _gone = std::fs::remove_dir_all(&self.root);
    }
}

fn parts(root: &Path) -> usize {
    let names = std::fs::read_dir(root).unwrap().flatten().map(|e| e.file_name().to_string_lossy().into_owned());
    names.filter(|name| name.contains(".part-")).count()
}

#[tokio::test]
async fn a_server_keeps_its_promises() {
    let server = Server::start().await;
    keeps_its_promises(&server.storage("hush"), || server.files()).await;
}

#[tokio::test]
async fn a_server_that_refuses_says_so() {
    let server = Server::start().await;
    let path = ObjectPath::platform().child("x").unwrap();
    let refused = server.storage("wrong").put_whole(&path, b"x").await.unwrap_err();
    assert!(matches!(refused, StorageError::Denied(_)), "{refused:?}");
}

#[tokio::test]
async fn backups_live_on_a_server_as_in_a_folder() {
    let server = Server::start().await;
    let mut world = World::new().await;
    world.backups.storage = server.storage("hush");
    world.file("orders.csv", b"a,b\n");
    for kind in [Kind::Database, Kind::Files, Kind::Full] {
        world.make(kind).await.unwrap();
    }
    assert!(server.files() > 10);
    prune(&world.backups).await.unwrap();
    let done = sweep(&world.backups).await.unwrap();
    assert_eq!((done.removed, done.adopted), (0, 0), "nothing that is kept is swept");
}
