//! How routes are added: each with what it needs of whoever asks. There is no other way to add one, and what was declared
//! is asked for before the handler sees the request. A handler may ask for more, which the matrix of all routes and roles
//! (`tests/it/matrix`) would show.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, Route, on};
use http::Method;
use tower::{Layer, Service};

use crate::auth::{Needs, proof};
use crate::error::PageError;
use crate::state::AppState;

/// One route as it was declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// The method; HEAD goes with GET.
    pub method: Method,
    /// The pattern of its path.
    pub path: String,
    /// What it needs.
    pub needs: Needs,
    /// Whether people must have shown lately who they are.
    pub asks_again: bool,
    /// Whether it makes something that lets people or programs in later.
    pub makes_credentials: bool,
}

/// What a route asks for before its handler is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guard {
    needs: Needs,
    asks_again: bool,
    makes_credentials: bool,
}

impl From<Needs> for Guard {
    fn from(needs: Needs) -> Self {
        Self { needs, asks_again: false, makes_credentials: false }
    }
}

impl Needs {
    /// The same, of people who have shown lately who they are: the others are asked once more.
    pub const fn again(self) -> Guard {
        Guard { needs: self, asks_again: true, makes_credentials: false }
    }

    /// The same, for what makes keys, secrets and invitations. They would outlast an impersonation, and so are not made
    /// during one.
    pub const fn making_credentials(self) -> Guard {
        Guard { needs: self, asks_again: true, makes_credentials: true }
    }
}

/// Routes, and the table of what they need.
#[derive(Default)]
pub struct Routes {
    router: Router<AppState>,
    table: Vec<Declared>,
}

impl Routes {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers GET and HEAD on `path` by `handler`.
    #[must_use]
    pub fn get<H: Handler<T, AppState>, T: 'static>(self, path: &str, guard: impl Into<Guard>, handler: H) -> Self {
        self.add((Method::GET, MethodFilter::GET), path, guard.into(), handler)
    }

    /// Answers POST on `path` by `handler`.
    #[must_use]
    pub fn post<H: Handler<T, AppState>, T: 'static>(self, path: &str, guard: impl Into<Guard>, handler: H) -> Self {
        self.add((Method::POST, MethodFilter::POST), path, guard.into(), handler)
    }

    /// These and those.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.table.extend(other.table);
        Self { router: self.router.merge(other.router), table: self.table }
    }

    /// Puts a layer around all routes so far.
    #[must_use]
    pub fn layer<L>(self, layer: L) -> Self
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        Self { router: self.router.layer(layer), table: self.table }
    }

    /// What was declared.
    pub fn into_table(self) -> Vec<Declared> {
        self.table
    }

    /// The routes, to be put together with what surrounds them.
    pub fn into_router(self) -> Router<AppState> {
        self.router
    }

    #[expect(clippy::disallowed_methods, reason = "the one place where a route begins to exist")]
    fn add<H, T>(mut self, (method, filter): (Method, MethodFilter), path: &str, guard: Guard, handler: H) -> Self
    where
        H: Handler<T, AppState>,
        T: 'static,
    {
        let Guard { needs, asks_again, makes_credentials } = guard;
        self.table.push(Declared { method, path: path.to_owned(), needs, asks_again, makes_credentials });
        Self { router: self.router.route(path, on(filter, Guarded { guard, handler })), table: self.table }
    }
}

/// A handler behind what it needs.
#[derive(Clone)]
struct Guarded<H> {
    guard: Guard,
    handler: H,
}

impl<H: Handler<T, AppState>, T: 'static> Handler<T, AppState> for Guarded<H> {
    type Future = Pin<Box<dyn Future<Output = Response> + Send>>;

    fn call(self, request: Request, state: AppState) -> Self::Future {
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            if let Err(refusal) = self.guard.needs.check(&mut parts, &state).await {
                return *refusal;
            }
            match self.guard.prove(Request::from_parts(parts, body), &state).await {
                Ok(request) => self.handler.call(request, state).await,
                Err(refusal) => *refusal,
            }
        })
    }
}

impl Guard {
    async fn prove(self, request: Request, state: &AppState) -> Result<Request, Box<Response>> {
        if !self.asks_again {
            return Ok(request);
        }
        let (mut parts, body) = request.into_parts();
        let found = proof::signed_in(&mut parts, state).await.map_err(|refusal| Box::new(refusal.into_response()))?;
        if self.makes_credentials && found.look.is_some() {
            let words = "While you view an account as one of its members, you cannot create keys, webhooks or invitations: they would outlast it.";
            return Err(Box::new(PageError::Refused(words.to_owned()).into_response()));
        }
        proof::ask(&found, Request::from_parts(parts, body), state).await
    }
}
