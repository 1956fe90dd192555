//! How routes are added: each with what it needs of whoever asks. There is no other way to add one, and what was declared
//! is asked for before the handler sees the request, and what the request brings is looked at (`crate::input`). A handler may ask for more, which the matrix of all routes and roles
//! (`tests/it/matrix`) would show.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodFilter, Route, on};
use http::{Method, Uri};
use tower::{Layer, Service};

use crate::auth::{Needs, proof};
use crate::error::PageError;
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
    /// Whether it only leads on to the page above, from an address that takes nothing but forms.
    pub is_way_back: bool,
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

    /// Answers PATCH on `path` by `handler`.
    #[must_use]
    pub fn patch<H: Handler<T, AppState>, T: 'static>(self, path: &str, guard: impl Into<Guard>, handler: H) -> Self {
        self.add((Method::PATCH, MethodFilter::PATCH), path, guard.into(), handler)
    }

    /// Answers PUT on `path` by `handler`.
    #[must_use]
    pub fn put<H: Handler<T, AppState>, T: 'static>(self, path: &str, guard: impl Into<Guard>, handler: H) -> Self {
        self.add((Method::PUT, MethodFilter::PUT), path, guard.into(), handler)
    }

    /// These and those.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.table.extend(other.table);
        Self { router: self.router.merge(other.router), table: self.table }
    }

    /// Answers GET where only POST is declared: a browser is left on such an address when a form comes back with faults or
    /// shows what it made, and asks for it when the page is loaded again. It goes to the page that the address is below.
    #[must_use]
    pub fn with_ways_back(mut self) -> Self {
        let is_read = |path: &str| self.table.iter().any(|r| r.path == path && r.method == Method::GET);
        let posts = self.table.iter().filter(|r| r.method == Method::POST && !is_read(&r.path));
        let lonely: Vec<Declared> = posts.cloned().collect();
        let pages: Vec<String> =
            self.table.iter().filter(|r| r.method == Method::GET).map(|r| r.path.clone()).collect();
        for Declared { path, needs, .. } in lonely {
            let steps = page_above(&path, &pages);
            self = self.get(&path, needs, move |uri: Uri| async move { Redirect::to(&above(uri.path(), steps)) });
            if let Some(declared) = self.table.last_mut() {
                declared.is_way_back = true;
            }
        }
        self
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
        let declared =
            Declared { method, path: path.to_owned(), needs, is_way_back: false, asks_again, makes_credentials };
        self.table.push(declared);
        Self { router: self.router.route(path, on(filter, Guarded { guard, handler })), table: self.table }
    }
}

// How many steps of `path` lead to the nearest page above it; none where that is the start page.
fn page_above(path: &str, pages: &[String]) -> usize {
    let mut above = path;
    while let Some((shorter, _)) = above.rsplit_once('/') {
        above = shorter;
        if pages.iter().any(|page| page == above) {
            return above.matches('/').count();
        }
    }
    0
}

// The first `steps` of `path`.
fn above(path: &str, steps: usize) -> String {
    let kept: Vec<&str> = path.split('/').take(steps + 1).collect();
    if kept.len() > 1 { kept.join("/") } else { "/".to_owned() }
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
            // What is held of the budget is given back when the handler is done.
            let (request, _held) =
                match input::admit(Request::from_parts(parts, body), self.guard.needs, &state.bodies).await {
                    Ok(admitted) => admitted,
                    Err(refusal) => return *refusal,
                };
            match self.guard.prove(request, &state).await {
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
        if self.makes_credentials && found.impersonator.is_some() {
            let words = "During an impersonation you cannot create API keys, webhooks or invitations, because they \
                would outlast it.";
            return Err(Box::new(PageError::Refused(words.to_owned()).into_response()));
        }
        proof::ask(&found, Request::from_parts(parts, body), state).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_leads_to_the_nearest_page_above() {
        let pages = ["/", "/t/{tenant}", "/t/{tenant}/team", "/t/{tenant}/imports/{id}"].map(str::to_owned);
        for (pattern, path, page) in [
            ("/t/{tenant}/team/invitations", "/t/demo/team/invitations", "/t/demo/team"),
            ("/t/{tenant}/team/members/{id}/remove", "/t/demo/team/members/7/remove", "/t/demo/team"),
            ("/t/{tenant}/imports/{id}/start", "/t/demo/imports/7/start", "/t/demo/imports/7"),
            ("/t/{tenant}/other", "/t/demo/other", "/t/demo"),
            ("/logout", "/logout", "/"),
            ("/impersonation/end", "/impersonation/end", "/"),
        ] {
            assert_eq!(above(path, page_above(pattern, &pages)), page, "{pattern}");
        }
    }
}
