//! The baseline of the dashboard: an axum handler that knows its answer.

use std::net::SocketAddr;
use std::path::Path;

use anyhow::Context;
use axum::Router;
use axum::body::Bytes;
use axum::routing::get;
use tokio::net::TcpListener;

use crate::http::Answer;

/// Answers every GET on `addr` with the bytes in `file` until it is killed.
pub fn serve(addr: SocketAddr, file: &Path) -> anyhow::Result<()> {
    let answer = Answer::parse(&std::fs::read(file)?)?;
    let headers: axum::http::HeaderMap = answer.headers.clone();
    let body = Bytes::from(answer.body);
    let handler = move || {
        let answer = (headers.clone(), body.clone());
        async move { answer }
    };
    // The runtime as in `stoa serve`.
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(addr).await.with_context(|| format!("cannot listen on {addr}"))?;
        axum::serve(listener, Router::new().fallback(get(handler))).await?;
        Ok(())
    })
}
