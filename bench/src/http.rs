//! The few requests that the benchmarks make themselves: HTTP/1.0, one a connection. Load comes from `wrk`.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, ensure};
use http::{HeaderMap, HeaderName, HeaderValue, header};

const PATIENCE: Duration = Duration::from_secs(30);

/// An answer, whole.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// One request: `headers` are lines.
pub fn request(port: u16, method: &str, path: &str, headers: &[String], body: &str) -> anyhow::Result<Answer> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let lines: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    let length = body.len();
    let text =
        format!("{method} {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {length}\r\n{lines}\r\n{body}");
    stream.write_all(text.as_bytes())?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    Answer::parse(&bytes)
}

/// `GET`, which must succeed.
pub fn get(port: u16, path: &str, headers: &[String]) -> anyhow::Result<Answer> {
    let answer = request(port, "GET", path, headers, "")?;
    ensure!(answer.status == 200, "{path} answered {}", answer.status);
    Ok(answer)
}

impl Answer {
    /// From the wire, or from what [`Answer::bytes`] made.
    pub fn parse(bytes: &[u8]) -> anyhow::Result<Self> {
        let end = bytes.windows(4).position(|w| w == b"\r\n\r\n").context("an answer without an end of its headers")?;
        let head = std::str::from_utf8(&bytes[..end])?;
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).context("no status line")?.parse()?;
        let mut headers = HeaderMap::new();
        for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
            headers.append(HeaderName::try_from(name)?, HeaderValue::try_from(value)?);
        }
        Ok(Self { status, headers, body: bytes[end + 4..].to_vec() })
    }

    /// The same answer for somebody else to give: without what every server adds by itself.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = format!("HTTP/1.1 {} OK\r\n", self.status).into_bytes();
        let own = [header::DATE, header::CONTENT_LENGTH, header::CONNECTION, header::TRANSFER_ENCODING];
        for (name, value) in self.headers.iter().filter(|(name, _)| !own.contains(name)) {
            bytes.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
        }
        bytes.extend(b"\r\n");
        bytes.extend(&self.body);
        bytes
    }

    /// The first header called `name`.
    pub fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}
