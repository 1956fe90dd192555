//! Real sockets against small limits.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::routing::any;
use futures::StreamExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use super::connection::{Connection, Crowd};
use super::open::Open;
use super::{ConnectionLimits, serve};

const SOON: Duration = Duration::from_secs(5);
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const SETTINGS: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];

fn limits() -> ConnectionLimits {
    ConnectionLimits {
        most: 40,
        per_address: 0,
        first_byte: Duration::from_millis(300),
        head: Duration::from_millis(400),
        idle: Duration::from_millis(500),
        unread: Duration::from_millis(600),
    }
}

struct Server(SocketAddr, CancellationToken);

impl Drop for Server {
    fn drop(&mut self) {
        self.1.cancel();
    }
}

impl Server {
    async fn new(limits: ConnectionLimits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
        tokio::spawn(serve(listener, app(), limits, stop.clone()));
        Self(address, stop)
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.0).await.unwrap()
    }

    async fn send(&self, bytes: &[u8]) -> TcpStream {
        let mut stream = self.connect().await;
        stream.write_all(bytes).await.unwrap();
        stream
    }

    // The whole answer to a request after which the connection is closed.
    async fn ask(&self, path: &str) -> String {
        let request = format!("GET {path} HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n");
        let mut stream = self.send(request.as_bytes()).await;
        let mut answer = String::new();
        tokio::time::timeout(SOON, stream.read_to_string(&mut answer)).await.expect("it is answered").unwrap();
        answer
    }
}

// `/stream` says a letter and never ends, `/much` never ends at all, all else says how crowded it is and what came.
fn app() -> Router {
    let answer = any(|request: Request| async move {
        let crowd = format!("{:?}", request.extensions().get::<Crowd>());
        match request.uri().path() {
            "/stream" => {
                let letter = futures::stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"x"))]);
                Body::from_stream(letter.chain(futures::stream::pending()))
            }
            "/much" => Body::from_stream(futures::stream::repeat_with(|| {
                Ok::<_, std::io::Error>(Bytes::from_static(&[b'x'; 65_536]))
            })),
            _ => {
                let came = axum::body::to_bytes(request.into_body(), usize::MAX).await.map_or(0, |bytes| bytes.len());
                Body::from(format!("{crowd}, {came} bytes"))
            }
        }
    });
    #[expect(clippy::disallowed_methods, reason = "a router of the test's own")]
    Router::new().route("/{*any}", answer)
}

// How long the other side keeps the connection open.
async fn until_closed(mut stream: TcpStream) -> Duration {
    let (begun, mut rest) = (Instant::now(), vec![0; 65_536]);
    let reading = async { while !matches!(stream.read(&mut rest).await, Ok(0) | Err(_)) {} };
    tokio::time::timeout(SOON, reading).await.expect("it is closed");
    begun.elapsed()
}

#[tokio::test]
async fn connections_without_a_whole_request_are_closed_and_streams_stay() {
    let (server, begun) = (Server::new(limits()).await, Instant::now());
    let mut listener = server.send(b"GET /stream HTTP/1.1\r\nHost: a.test\r\n\r\n").await;
    let silent = server.connect().await;
    let letter = server.send(b"P").await;
    let half = server.send(b"GET / HTTP/1.1\r\nHost: a.t").await;
    let used = server.send(b"GET /x HTTP/1.1\r\nHost: a.test\r\n\r\n").await;
    let http2 = server.send(PREFACE).await;
    let flood = server.send(PREFACE).await;
    let (mut drip, mut settings) = (server.connect().await.into_split(), flood.into_split());
    let dripping = tokio::spawn(async move {
        while drip.1.write_all(b"G").await.is_ok() && settings.1.write_all(SETTINGS).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    for (name, stream) in [("silent", silent), ("letter", letter), ("half", half), ("http2", http2), ("used", used)] {
        until_closed(stream).await;
        // The limits here are below a second; what has none stays open for ever.
        assert!(begun.elapsed() <= Duration::from_secs(3), "{name}: {:?}", begun.elapsed());
    }
    assert!(begun.elapsed() >= limits().idle, "one that was used is kept for longer: {:?}", begun.elapsed());
    tokio::time::timeout(SOON, dripping).await.expect("letters one by one do not keep a connection").unwrap();
    // Longer than all limits together.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mut some = [0; 1_000];
    let first = listener.read(&mut some).await.unwrap();
    assert!(String::from_utf8_lossy(&some[..first]).starts_with("HTTP/1.1 200"));
    let more = tokio::time::timeout(Duration::from_millis(300), listener.read(&mut some)).await;
    assert!(more.is_err() || more.is_ok_and(|read| read.unwrap() > 0), "the stream continues");
}

#[tokio::test]
async fn an_answer_that_is_not_read_is_given_up() {
    let server = Server::new(limits()).await;
    let stream = server.send(b"GET /much HTTP/1.1\r\nHost: a.test\r\n\r\n").await;
    // Nothing is read for longer than the server waits for its reader.
    tokio::time::sleep(Duration::from_secs(2)).await;
    // What the kernel holds comes, and then the end.
    assert!(until_closed(stream).await < SOON);
}

#[tokio::test]
async fn silent_connections_take_no_place_from_requests() {
    let patient = ConnectionLimits { first_byte: 10 * SOON, head: 10 * SOON, idle: 10 * SOON, ..limits() };
    let server = Server::new(patient).await;
    let mut held = Vec::new();
    for n in 0..200 {
        held.push(if n % 2 == 0 { server.connect().await } else { server.send(b"POST / HT").await });
        if n % 20 == 19 {
            assert!(server.ask("/health").await.ends_with("None, 0 bytes"), "after {n}");
        }
    }
    let idle =
        async |held: &mut Vec<TcpStream>| held.push(server.send(b"GET /x HTTP/1.1\r\nHost: a.test\r\n\r\n").await);
    for _ in 0..100 {
        idle(&mut held).await;
    }
    assert!(server.ask("/health").await.ends_with("None, 0 bytes"));
}

#[tokio::test]
async fn when_all_connections_are_busy_requests_are_marked_and_then_refused() {
    let server = Server::new(limits()).await;
    let mut streams = Vec::new();
    let mut seen = Vec::new();
    for _ in 0..50 {
        let mut stream = server.send(b"GET /stream HTTP/1.1\r\nHost: a.test\r\n\r\n").await;
        let begun = stream.read(&mut [0; 1_000]).await.unwrap_or(0);
        if begun == 0 {
            break;
        }
        streams.push(stream);
        if [30, 37, 39].contains(&streams.len()) {
            seen.push(server.ask("/x").await.rsplit("\r\n").next().unwrap().to_owned());
        }
    }
    assert_eq!(seen, ["None, 0 bytes", "Some(Known), 0 bytes", "Some(Watchers), 0 bytes"]);
    assert_eq!(streams.len(), 40);
    streams.truncate(20);
    let room = async || server.ask("/x").await.ends_with("None, 0 bytes").then_some(());
    db::testing::eventually("there is room again", room).await;
}

#[tokio::test]
async fn one_address_or_network_has_its_share_and_this_machine_no_limit() {
    let open = Open::new(ConnectionLimits { per_address: 3, ..limits() });
    let from = async |text: &str| open.admit(text.parse::<IpAddr>().unwrap()).await;
    let mut held = Vec::new();
    for address in ["192.0.2.1", "2001:db8::1", "2001:db8::ffff:1", "192.0.2.1", "192.0.2.1", "2001:db8::2"] {
        held.push(from(address).await.expect(address));
    }
    for full in ["192.0.2.1", "::ffff:192.0.2.1", "2001:db8::3"] {
        assert!(from(full).await.is_none(), "{full}");
    }
    for other in ["192.0.2.2", "2001:db8:0:1::1", "127.0.0.1", "127.0.0.1", "::1", "127.0.0.1", "127.0.0.1"] {
        held.push(from(other).await.expect(other));
    }
    held.remove(0);
    assert!(from("192.0.2.1").await.is_some(), "its place is free again");
}

#[test]
fn what_http2_says_between_requests_begins_none() {
    let fresh = || std::sync::Arc::new(Connection::new(IpAddr::from([127, 0, 0, 1]), None));
    for (preface, phase) in [(PREFACE, "Some(Idle)"), (b"GET / HTTP/1.1".as_slice(), "Some(Head)")] {
        let connection = fresh();
        connection.heard(preface);
        let answering = connection.begin();
        assert_eq!(connection.waits(), None);
        drop(answering);
        connection.heard(SETTINGS);
        assert_eq!(format!("{:?}", connection.waits()), phase);
    }
}

#[tokio::test]
async fn requests_that_two_readers_would_understand_in_two_ways_are_refused() {
    let server = Server::new(limits()).await;
    for head in [
        "Content-Length: 3\r\nContent-Length: 4\r\n",
        "Content-Length: 3, 4\r\n",
        "Content-Length: +3\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: 0x3\r\n",
        "Content-Length: 99999999999999999999\r\n",
        "Transfer-Encoding: identity\r\n",
        "Transfer-Encoding: chunked, gzip\r\n",
        "Transfer-Encoding : chunked\r\n",
        " Transfer-Encoding: chunked\r\n",
        "X: a\r\n folded\r\n",
        "X: a\0b\r\n",
        "X\0: a\r\n",
        "no colon\r\n",
    ] {
        let request = format!("POST /x HTTP/1.1\r\nHost: a.test\r\n{head}\r\nabc");
        let mut stream = server.send(request.as_bytes()).await;
        let mut answer = String::new();
        let _broken = tokio::time::timeout(SOON, stream.read_to_string(&mut answer)).await.expect("it is closed");
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{head:?}: {answer}");
    }
    // Chunks win over a length, which is removed.
    let both = "POST /x HTTP/1.1\r\nHost: a.test\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n\
                2\r\nab\r\n0\r\n\r\n";
    let mut stream = server.send(both.as_bytes()).await;
    let mut answer = String::new();
    tokio::time::timeout(SOON, stream.read_to_string(&mut answer)).await.unwrap().unwrap();
    assert!(answer.ends_with("None, 2 bytes"), "{answer}");
    for (request, status) in [
        (format!("GET /{} HTTP/1.1\r\nHost: a.test\r\n\r\n", "a".repeat(70_000)), ["414", "431"]),
        (format!("GET /x HTTP/1.1\r\nHost: a.test\r\nX: {}\r\n\r\n", "a".repeat(200_000)), ["431", "431"]),
        (format!("GET /x HTTP/1.1\r\nHost: a.test\r\n{}\r\n", "X: a\r\n".repeat(200)), ["431", "431"]),
    ] {
        let mut stream = server.connect().await;
        // It may be refused before all of it was sent.
        let _cut = stream.write_all(request.as_bytes()).await;
        let mut answer = vec![0; 15];
        if stream.read_exact(&mut answer).await.is_ok() {
            let said = String::from_utf8_lossy(&answer).into_owned();
            assert!(status.iter().any(|s| said.contains(s)), "{said}");
        }
    }
}
