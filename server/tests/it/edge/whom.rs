//! Requests that do not say whom they ask, and machines that ask for what only this one may see.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::App;

async fn raw(app: &App, request: &str) -> String {
    let mut stream = TcpStream::connect(app.base.strip_prefix("http://").unwrap()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let reading = tokio::time::timeout(std::time::Duration::from_secs(5), stream.read_to_string(&mut answer));
    reading.await.expect("the connection is closed").unwrap();
    answer
}

#[tokio::test]
async fn a_request_names_one_host() {
    let app = App::new().await;
    for path in ["/health", "/login", "/api/v1/orders", "/nothing"] {
        let head = format!("GET {path} HTTP/1.1\r\n");
        for (hosts, what) in [
            ("", "none"),
            ("Host: a.test\r\nHost: b.test\r\n", "two"),
            ("Host: a.test\r\nHost: a.test\r\n", "the same twice"),
            ("Host:\r\n", "an empty one"),
            ("Host: a.test, b.test\r\n", "a list"),
            ("Host: user@a.test\r\n", "somebody"),
            ("Host: a.test:port\r\n", "no port"),
            ("Host: a.test/x\r\n", "a path"),
        ] {
            // Two hosts may hide a second request, so the connection ends.
            let answer = raw(&app, &format!("{head}{hosts}\r\n")).await;
            assert!(answer.starts_with("HTTP/1.1 400"), "{path}, {what}: {answer}");
            assert!(answer.to_lowercase().contains("x-request-id") && answer.contains("exactly one Host"), "{answer}");
        }
        let fine = raw(&app, &format!("{head}Host: a.test\r\nConnection: close\r\n\r\n")).await;
        assert!(!fine.starts_with("HTTP/1.1 400"), "{fine}");
    }
    assert!(
        raw(&app, "GET /health HTTP/1.0\r\n\r\n").await.starts_with("HTTP/1.0 200"),
        "the older version needs none"
    );
    let long = raw(&app, &format!("GET /login?q={} HTTP/1.1\r\nHost: a\r\n\r\n", "a".repeat(9_000))).await;
    assert!(long.starts_with("HTTP/1.1 414"), "{long:.200}");
}

#[tokio::test]
async fn metrics_are_refused_through_any_proxy() {
    let app = App::new().await;
    let get = async |name: &str, value: &str| {
        let request = app.http().get(format!("{}/metrics", app.base)).header(name, value);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(get("accept", "text/plain").await, 200);
    for name in [
        "X-Real-IP",
        "Forwarded",
        "Via",
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "X-Forwarded-Proto",
        "X-Forwarded-Server",
        "True-Client-IP",
        "CF-Connecting-IP",
        "X-Client-IP",
        "X-Cluster-Client-IP",
        "Forwarded-For",
        "Fastly-Client-IP",
        "X-Original-Forwarded-For",
        "X-Envoy-External-Address",
        "CDN-Loop",
    ] {
        for value in ["192.0.2.1", "127.0.0.1", "for=127.0.0.1", "1.1 proxy", ""] {
            assert_eq!(get(name, value).await, 404, "{name}: {value}");
        }
    }
}
