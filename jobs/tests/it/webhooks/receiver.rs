//! A receiver of webhooks over real HTTP, which answers as it is told and keeps what it was sent.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What it answers.
#[derive(Clone, Debug)]
pub enum Answer {
    /// This status and text.
    Status(u16, &'static str),
    /// Look there.
    Redirect(String),
    /// Nothing, ever.
    Silence,
    /// A gigabyte.
    Endless,
}

/// What it was sent.
#[derive(Clone, Debug)]
pub struct Message {
    pub path: String,
    pub headers: HashMap<String, String>,
    pub body: String,
}

impl Message {
    pub fn id(&self) -> &str {
        &self.headers["webhook-id"]
    }

    /// Whether one of the signatures is that of `secret`, by its own reading of the rules.
    pub fn is_signed(&self, secret: &str) -> bool {
        let secret: domain::webhooks::Secret = secret.parse().unwrap();
        let at: i64 = self.headers["webhook-timestamp"].parse().unwrap();
        let expected = secret.sign(self.id(), at, &self.body);
        self.headers["webhook-signature"].split(' ').any(|signature| signature == expected)
    }
}

/// A receiver. Ends with the test.
#[derive(Clone)]
pub struct Receiver {
    pub port: u16,
    got: Arc<Mutex<Vec<Message>>>,
    written: Arc<AtomicUsize>,
}

impl Receiver {
    /// One that answers the request number `n` (from 0) with `answers(n)`.
    pub async fn start(answers: impl Fn(usize) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver =
            Self { port: listener.local_addr().unwrap().port(), got: Arc::default(), written: Arc::default() };
        let (this, answers) = (receiver.clone(), Arc::new(answers));
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (this, answers) = (this.clone(), Arc::clone(&answers));
                tokio::spawn(async move { this.serve(stream, &*answers).await });
            }
        });
        receiver
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/stoa?key=hush", self.port)
    }

    pub fn got(&self) -> Vec<Message> {
        self.got.lock().unwrap().clone()
    }

    /// Bytes of bodies that it could send.
    pub fn written(&self) -> usize {
        self.written.load(Ordering::Relaxed)
    }

    /// Waits for so many messages.
    pub async fn wait_for(&self, count: usize) -> Vec<Message> {
        let arrived = async || Some(self.got()).filter(|got| got.len() >= count);
        db::testing::eventually(&format!("{count} messages"), arrived).await
    }

    // One request a connection: the answer says that it ends.
    async fn serve(&self, mut stream: TcpStream, answers: &(impl Fn(usize) -> Answer + ?Sized)) -> Option<()> {
        let message = read(&mut stream).await?;
        let n = {
            let mut got = self.got.lock().unwrap();
            got.push(message);
            got.len() - 1
        };
        let head = |status: u16, length: usize, rest: &str| {
            format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n{rest}\r\n")
        };
        match answers(n) {
            Answer::Status(status, text) => {
                stream.write_all(format!("{}{text}", head(status, text.len(), "")).as_bytes()).await.ok()?;
            }
            Answer::Redirect(to) => {
                stream.write_all(head(302, 0, &format!("location: {to}\r\n")).as_bytes()).await.ok()?;
            }
            Answer::Silence => tokio::time::sleep(Duration::from_secs(3_600)).await,
            Answer::Endless => {
                stream.write_all(head(200, 1 << 30, "").as_bytes()).await.ok()?;
                let part = vec![b'x'; 1 << 16];
                while stream.write_all(&part).await.is_ok() {
                    self.written.fetch_add(part.len(), Ordering::Relaxed);
                }
            }
        }
        stream.shutdown().await.ok()
    }
}

async fn read(stream: &mut TcpStream) -> Option<Message> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut lines = head.lines();
    let path = lines.next()?.split(' ').nth(1)?.to_owned();
    let pairs = lines.filter_map(|line| line.split_once(": "));
    let headers: HashMap<String, String> = pairs.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
    let length: usize = headers["content-length"].parse().unwrap();
    while bytes.len() < end + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    Some(Message { path, headers, body: String::from_utf8(bytes[end..].to_vec()).unwrap() })
}
