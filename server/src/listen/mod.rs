//! Accepting and closing connections. `connection_limits` says how many there may be and how long each may be silent; `open`
//! holds all of them and closes those beyond the limits; `connection` is the state of one. When the server stops, requests
//! that are being answered get ten seconds.

mod connection;
mod connection_limits;
mod io;
mod open;
mod service;
#[cfg(test)]
mod tests;

use std::io as std_io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

pub use connection::Crowd;
pub use connection_limits::{ConnectionLimits, raise_descriptors};

use io::Watched;
use open::{Entry, Open};
use service::Answers;

const DRAIN: Duration = Duration::from_secs(10);
/// Longest head of a request, and how much of a body is read ahead.
const READ_AHEAD: usize = 64 * 1024;
/// Longest head over HTTP/2.
const HEAD_LIST: u32 = 32 * 1024;
/// Most requests at once over one connection of HTTP/2.
const STREAMS: u32 = 128;
/// Most streams that a client may begin and take back before it is sent away.
const RESETS: usize = 64;

/// Serves `app` on `listener` within `limits` until `stop`, then drains.
///
/// # Errors
/// Never in practice: a connection that cannot be accepted does not affect the others.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    limits: ConnectionLimits,
    stop: CancellationToken,
) -> std_io::Result<()> {
    let builder = builder();
    let graceful = GracefulShutdown::new();
    let open = Open::new(limits);
    let sweeping = tokio::spawn(stop.clone().run_until_cancelled_owned(open.clone().sweep()));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                if let Some(entry) = open.admit(peer.ip()).await {
                    answer(&builder, &graceful, &app, (stream, peer), entry);
                }
            }
            // Out of file descriptors, or a client that left: close a silent connection, and wait a little.
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                open.make_room();
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    tracing::info!(connections = graceful.count(), "stopping: no new connections, finishing what is being answered");
    if tokio::time::timeout(DRAIN, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests took more than ten seconds to end and were cut off");
    }
    sweeping.abort();
    Ok(())
}

// Times are looked after by `open`, for heads and idle connections of either protocol alike.
fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().max_buf_size(READ_AHEAD);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(Duration::from_secs(30))
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(HEAD_LIST)
        .max_pending_accept_reset_streams(RESETS)
        .max_local_error_reset_streams(RESETS);
    builder
}

fn answer(
    builder: &Builder<TokioExecutor>,
    graceful: &GracefulShutdown,
    app: &Router,
    (stream, peer): (TcpStream, SocketAddr),
    entry: Entry,
) {
    // Small answers go out at once; a socket that cannot do this still works.
    let _slower = stream.set_nodelay(true);
    let service = Answers::new(app.clone(), peer, entry.connection());
    let stream = Watched::new(stream, entry.connection());
    let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service).into_owned();
    let watched = graceful.watch(connection);
    tokio::spawn(async move {
        tokio::select! {
            ended = watched => {
                if let Err(error) = ended {
                    tracing::debug!(error, %peer, "a connection ended early");
                }
            }
            () = entry.doomed() => tracing::debug!(%peer, "a connection was closed"),
        }
    });
}
