//! What a page needs to know of the request itself.

use std::convert::Infallible;
use std::sync::Arc;

use app::document::Theme;
use app::frame::Visitor;
use axum::extract::FromRequestParts;
use db::people::Person;
use http::request::Parts;

use crate::middleware::current;
use crate::state::AppState;

/// A visit to a page.
#[derive(Clone, Debug)]
pub struct Visit {
    /// How whoever looks wants it to look.
    pub theme: Theme,
    /// Path and query.
    pub here: String,
}

impl Visit {
    /// The visit of `person`.
    pub fn of(self, person: &Arc<Person>) -> Visitor {
        Visitor { person: Arc::clone(person), theme: self.theme, here: self.here }
    }

    /// The word after a redirect that says what was just done.
    pub fn done(&self) -> Option<&str> {
        let query = self.here.split_once('?')?.1;
        query.split('&').find_map(|pair| pair.strip_prefix("done="))
    }
}

impl FromRequestParts<AppState> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Infallible> {
        let here = parts.uri.path_and_query().map_or("/", |p| p.as_str());
        Ok(Self { theme: current::theme(), here: here.to_owned() })
    }
}
