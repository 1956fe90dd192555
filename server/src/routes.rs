//! How routes are added: each with what it needs of whoever asks. There is no other way to add one, and what was declared
//! is asked for before the handler sees the request. A handler may ask for more, which the matrix of all routes and roles
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

use crate::auth::Needs;
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
    fn add<H, T>(mut self, (method, filter): (Method, MethodFilter), path: &str, needs: Needs, handler: H) -> Self
    where
        H: Handler<T, AppState>,
        T: 'static,
    {
        self.table.push(Declared { method, path: path.to_owned(), needs, is_way_back: false });
        Self { router: self.router.route(path, on(filter, Guarded { needs, handler })), table: self.table }
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
    needs: Needs,
    handler: H,
}

impl<H: Handler<T, AppState>, T: 'static> Handler<T, AppState> for Guarded<H> {
    type Future = Pin<Box<dyn Future<Output = Response> + Send>>;

    fn call(self, request: Request, state: AppState) -> Self::Future {
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            match self.needs.check(&mut parts, &state).await {
                Ok(()) => self.handler.call(Request::from_parts(parts, body), state).await,
                Err(refusal) => *refusal,
            }
        })
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
