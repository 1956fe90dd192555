//! How routes are added: each with what it needs of whoever asks. There is no other way to add one, and what was declared
//! is asked for before the handler sees the request, and what the request brings is looked at (`crate::input`). A handler may ask for more, which the matrix of all routes and roles
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

use crate::auth::Needs;
use crate::input;
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
    pub fn get<H: Handler<T, AppState>, T: 'static>(self, path: &str, needs: Needs, handler: H) -> Self {
        self.add((Method::GET, MethodFilter::GET), path, needs, handler)
    }

    /// Answers POST on `path` by `handler`.
    #[must_use]
    pub fn post<H: Handler<T, AppState>, T: 'static>(self, path: &str, needs: Needs, handler: H) -> Self {
        self.add((Method::POST, MethodFilter::POST), path, needs, handler)
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
    fn add<H, T>(mut self, (method, filter): (Method, MethodFilter), path: &str, needs: Needs, handler: H) -> Self
    where
        H: Handler<T, AppState>,
        T: 'static,
    {
        self.table.push(Declared { method, path: path.to_owned(), needs });
        Self { router: self.router.route(path, on(filter, Guarded { needs, handler })), table: self.table }
    }
}

/// A handler behind what it needs.
#[derive(Clone)]
struct Guarded<H> {
    needs: Needs,
    handler: H,
}

impl<H: Handler<T, AppState>, T: 'static> Handler<T, AppState> for Guarded<H> {
    type Future = Pin<Box<dyn Future<Output = Response> + Send>>;

    fn call(self, request: Request, state: AppState) -> Self::Future {
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            if let Err(refusal) = self.needs.check(&mut parts, &state).await {
                return *refusal;
            }
            match input::admit(Request::from_parts(parts, body), self.needs, &state).await {
                // What is held of the budget is given back when the handler is done.
                Ok((request, _held)) => self.handler.call(request, state).await,
                Err(refusal) => *refusal,
            }
        })
    }
}
