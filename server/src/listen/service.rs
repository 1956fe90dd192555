//! The application over one connection: requests are told where they come from, and the connection knows how many of them are
//! being answered.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::ConnectInfo;
use axum::routing::future::RouteFuture;
use http::{Request, Response};
use hyper::body::{Frame, Incoming, SizeHint};
use tower::Service;

use super::connection::{Answering, Connection};

/// The application.
pub struct Answers {
    app: Router,
    peer: SocketAddr,
    connection: Arc<Connection>,
}

/// An answer on its way.
pub struct Answer {
    inner: RouteFuture<Infallible>,
    answering: Option<Answering>,
}

/// The body of an answer.
pub struct Counted {
    inner: Body,
    _answering: Option<Answering>,
}

impl Answers {
    /// `app`, asked by `peer`.
    pub const fn new(app: Router, peer: SocketAddr, connection: Arc<Connection>) -> Self {
        Self { app, peer, connection }
    }
}

impl hyper::service::Service<Request<Incoming>> for Answers {
    type Response = Response<Counted>;
    type Error = Infallible;
    type Future = Answer;

    fn call(&self, mut request: Request<Incoming>) -> Answer {
        let answering = Some(self.connection.begin());
        request.extensions_mut().insert(ConnectInfo(self.peer));
        if let Some(crowd) = self.connection.crowd {
            request.extensions_mut().insert(crowd);
        }
        // A router is always ready.
        Answer { inner: self.app.clone().call(request.map(Body::new)), answering }
    }
}

impl Future for Answer {
    type Output = Result<Response<Counted>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Ok(response) = ready!(Pin::new(&mut self.inner).poll(context));
        let answering = self.answering.take();
        Poll::Ready(Ok(response.map(|inner| Counted { inner, _answering: answering })))
    }
}

impl HttpBody for Counted {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.inner).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
