//! What a page needs to know of the request itself.

use std::convert::Infallible;
use std::sync::Arc;

use app::document::Theme;
use app::frame::{LookBar, Visitor};
use axum::extract::FromRequestParts;
use db::people::Person;
use http::request::Parts;

use crate::auth::visitors::Look;
use crate::middleware::current;
use crate::sessions::session_id;
use crate::state::AppState;

/// A visit to a page.
#[derive(Clone, Debug)]
pub struct Visit {
    /// How whoever looks wants it to look.
    pub theme: Theme,
    /// Path and query.
    pub here: String,
    /// Who looks, where a platform admin looks as somebody else.
    pub look: Option<LookBar>,
}

impl Visit {
    /// The visit of `person`.
    pub fn of(self, person: &Arc<Person>) -> Visitor {
        Visitor { person: Arc::clone(person), theme: self.theme, here: self.here, look: self.look }
    }

    /// The word after a redirect that says what was just done.
    pub fn done(&self) -> Option<&str> {
        let query = self.here.split_once('?')?.1;
        query.split('&').find_map(|pair| pair.strip_prefix("done="))
    }
}

impl FromRequestParts<AppState> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        let here = parts.uri.path_and_query().map_or("/", |p| p.as_str());
        // Whoever asked was looked up for this request already. Where that fails, no page is shown that would need it.
        let visitor = match session_id(&parts.headers, state.sessions.cookie()) {
            Some(session) => state.visitors.find(state, session).await.ok().flatten(),
            None => None,
        };
        let look = visitor.and_then(|v| v.look.as_ref().map(|look| bar(look, &v.person)));
        Ok(Self { theme: current::theme(), here: here.to_owned(), look })
    }
}

fn bar(look: &Look, person: &Person) -> LookBar {
    LookBar {
        admin: look.admin.email.clone(),
        member: person.email.clone(),
        until: look.impersonation.until,
        is_raised: look.impersonation.is_raised,
    }
}
