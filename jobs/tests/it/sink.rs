//! A real SMTP server as a process of its own, see `fixtures/smtp-sink.py`.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use jobs::mail::Mailer;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

pub const FROM: &str = "Stoa & Söhne <stoa@stoa.test>";
pub const SITE: &str = "https://stoa.test/";

/// A running SMTP server; ends with its value.
pub struct Sink {
    process: Child,
    pub port: u16,
    folder: PathBuf,
}

impl Sink {
    pub async fn new(folder: &Path) -> Self {
        Self::at(folder, 0, &[]).await
    }

    /// On this port, 0 for a free one.
    pub async fn at(folder: &Path, port: u16, options: &[&str]) -> Self {
        let folder = folder.join("sink");
        std::fs::create_dir_all(&folder).unwrap();
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/smtp-sink.py");
        let mut process = Command::new("/usr/bin/python3")
            .arg(script)
            .arg(&folder)
            .arg(port.to_string())
            .args(options)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let line = lines.next_line().await.unwrap().expect("the sink prints its port; is python3-aiosmtpd installed?");
        Self { process, port: line.parse().unwrap(), folder }
    }

    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}?tls=none", self.port)
    }

    pub fn mailer(&self) -> Mailer {
        Mailer::open(Some(&self.url()), FROM, SITE, Path::new("/nowhere")).unwrap()
    }

    pub async fn end(&mut self) {
        self.process.kill().await.unwrap();
    }

    /// What it took over, in order.
    pub fn messages(&self) -> Vec<Value> {
        let read = |n: usize| std::fs::read(self.folder.join(format!("{n}.json"))).ok();
        (1..).map_while(read).map(|bytes| serde_json::from_slice(&bytes).unwrap()).collect()
    }
}

/// The value of a header.
pub fn header<'a>(message: &'a Value, name: &str) -> &'a str {
    let headers = message["headers"].as_array().unwrap();
    let found: Vec<&str> = headers.iter().filter(|h| h[0] == name).filter_map(|h| h[1].as_str()).collect();
    assert_eq!(found.len(), 1, "{name} in {headers:?}");
    found[0]
}

/// The text of a message with the line ends of this machine.
pub fn text(message: &Value) -> String {
    message["text"].as_str().unwrap().replace("\r\n", "\n")
}
