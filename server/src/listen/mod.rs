//! Accepting connections, and letting them go: what is being answered gets ten seconds to end.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

const DRAIN: Duration = Duration::from_secs(10);
// Also how long an idle connection is kept: longer than proxies keep theirs, so that they close first.
const HEADERS_WITHIN: Duration = Duration::from_secs(75);

/// Serves `app` on `listener` until `stop`, then drains.
///
/// # Errors
/// Never in practice: a connection that cannot be accepted concerns nobody else.
pub async fn serve(listener: TcpListener, app: Router, stop: CancellationToken) -> io::Result<()> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEADERS_WITHIN);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(Duration::from_secs(30));
    let open = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        match accepted {
            Ok((stream, peer)) => answer(&builder, &open, &app, stream, peer),
            // Out of file descriptors, or a client that left: wait a little rather than spin.
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    tracing::info!(connections = open.count(), "stopping: no new connections, finishing what is being answered");
    if tokio::time::timeout(DRAIN, open.shutdown()).await.is_err() {
        tracing::warn!("some requests took more than ten seconds to end and were cut off");
    }
    Ok(())
}

fn answer(
    builder: &Builder<TokioExecutor>,
    open: &GracefulShutdown,
    app: &Router,
    stream: TcpStream,
    peer: SocketAddr,
) {
    // Small answers go out at once; a socket that cannot do this still works.
    let _slower = stream.set_nodelay(true);
    let service = app.clone().map_request(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        request.map(Body::new)
    });
    let connection =
        builder.serve_connection_with_upgrades(TokioIo::new(stream), TowerToHyperService::new(service)).into_owned();
    let watched = open.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = watched.await {
            tracing::debug!(error, %peer, "a connection ended early");
        }
    });
}
