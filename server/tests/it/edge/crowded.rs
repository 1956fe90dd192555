//! When all connections are taken: who is still answered.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::browser::{Browser, tenant_with_owner};
use crate::harness::App;

async fn listener(app: &App, key: &str) -> Option<TcpStream> {
    let address = app.base.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET /api/v1/events HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {key}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut begun = [0; 12];
    stream.read_exact(&mut begun).await.ok()?;
    (&begun == b"HTTP/1.1 200").then_some(stream)
}

#[tokio::test]
async fn a_share_of_the_connections_is_for_people_who_signed_in_and_the_last_for_watchers() {
    let app = App::with(&[("STOA_MAX_CONNECTIONS", "60")]).await;
    let access = tenant_with_owner(&app, "demo").await;
    let key = crate::matrix::world::key(&access, &domain::permission::KeyScope::ALL).await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    let stranger = async |path: &str| {
        let answer = app.http().get(format!("{}{path}", app.base)).send().await.unwrap();
        (answer.status().as_u16(), answer.headers().get("retry-after").is_some())
    };
    let mut streams = Vec::new();
    while streams.len() < 54 {
        streams.push(listener(&app, &key).await.expect("there is room"));
    }
    // Connections that say nothing take nobody's place.
    let mut silent = Vec::new();
    for _ in 0..100 {
        silent.push(TcpStream::connect(app.base.strip_prefix("http://").unwrap()).await.unwrap());
    }
    assert_eq!(stranger("/login").await, (503, true));
    assert_eq!(stranger("/api/v1/orders").await, (503, true));
    assert_eq!(stranger("/health").await.0, 200);
    let mut known = Browser::new(&app.base);
    known.http = owner.http.clone();
    assert_eq!(known.get("/t/demo").await.status(), 200);
    streams.push(listener(&app, &key).await.expect("programs with a key are known"));
    while streams.len() < 59 {
        let Some(stream) = listener(&app, &key).await else { break };
        streams.push(stream);
    }
    assert!(streams.len() >= 58, "{}", streams.len());
    assert_eq!(stranger("/health").await.0, 200, "whoever watches is answered to the last");
    streams.clear();
    let room = async || (stranger("/login").await.0 == 200).then_some(());
    db::testing::eventually("there is room again", room).await;
}
