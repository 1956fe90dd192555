//! A Redis of one test alone, which can be stopped, frozen, and started again with what it had saved.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// The logical database of sessions.
pub const SESSIONS: u8 = 3;

const PROBE: &str = "AAAAAAAAAAAAAAAAAAAAAA";

/// The server. It ends with the test.
pub struct Redis {
    port: u16,
    folder: PathBuf,
    options: &'static [&'static str],
    process: Option<Child>,
}

impl Redis {
    pub fn new() -> Self {
        Self::with(&[])
    }

    /// One that is started with these options besides.
    pub fn with(options: &'static [&'static str]) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let name = format!("stoa-redis-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let mut redis = Self { port, folder, options, process: None };
        redis.start();
        redis
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// The same server by its socket.
    pub fn socket_url(&self) -> String {
        format!("unix://{}", self.socket().display())
    }

    /// Starts it, with the snapshot of the last [`Self::save`] if there is one.
    pub fn start(&mut self) {
        let port = self.port.to_string();
        let server = Command::new("redis-server")
            .args(["--port", &port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--daemonize", "no"])
            .arg("--dir")
            .arg(&self.folder)
            .arg("--unixsocket")
            .arg(self.socket())
            .args(self.options)
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server is installed by `make setup`");
        self.process = Some(server);
        let started = Instant::now();
        while self.cli(0, &["ping"]).trim_ascii() != b"PONG" {
            assert!(started.elapsed() < Duration::from_secs(10), "redis does not start");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    /// Writes the snapshot that the next start begins with.
    pub fn save(&self) {
        assert_eq!(self.cli(0, &["save"]).trim_ascii(), b"OK");
    }

    /// Stops it as a machine does that swaps: it takes connections and answers nothing.
    pub fn freeze(&self) {
        self.signal("-STOP");
    }

    /// Lets it continue, with everything that it was sent meanwhile.
    pub fn thaw(&self) {
        self.signal("-CONT");
    }

    /// How many keys a database holds.
    pub fn keys(&self, database: u8) -> i64 {
        String::from_utf8_lossy(&self.cli(database, &["dbsize"])).trim().parse().unwrap()
    }

    /// The keys of sessions in a database: all others have a prefix, but for the one that tries connections out.
    pub fn session_keys(&self, database: u8) -> Vec<String> {
        let keys = String::from_utf8_lossy(&self.cli(database, &["keys", "*"])).into_owned();
        keys.lines().filter(|key| key.len() == 22 && !key.contains(':') && *key != PROBE).map(str::to_owned).collect()
    }

    /// What a command answers in a database.
    pub fn cli(&self, database: u8, command: &[&str]) -> Vec<u8> {
        let output = Command::new("redis-cli")
            .args(["-p", &self.port.to_string(), "-n", &database.to_string()])
            .args(command)
            .output()
            .expect("redis-cli is installed with redis-server");
        output.stdout
    }

    fn socket(&self) -> PathBuf {
        self.folder.join("redis.sock")
    }

    fn signal(&self, signal: &str) {
        let pid = self.process.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.kill();
        let _gone = std::fs::remove_dir_all(&self.folder);
    }
}
