//! What a page needs to know of the request itself.

use std::convert::Infallible;
use std::sync::Arc;

use app::document::Theme;
use app::frame::{ImpersonationBar, Visitor};
use axum::extract::FromRequestParts;
use db::people::Person;
use http::request::Parts;

use crate::auth::SignedIn;
use crate::auth::visitors::Impersonator;
use crate::flash;
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
    /// The impersonation, where a platform admin views the page as somebody else.
    pub impersonation: Option<ImpersonationBar>,
    /// What was just done, if this is the page to say it.
    flash: Option<String>,
}

impl Visit {
    /// A visit of whoever `found` is, as it is behind a page that says why another one cannot be shown: `here` is where one
    /// goes on from it.
    pub fn beside(found: &SignedIn, here: String) -> Self {
        let impersonation = found.impersonator.as_ref().map(|impersonator| bar(impersonator, &found.person));
        Self { theme: current::theme(), here, impersonation, flash: None }
    }

    /// The visit of `person`.
    pub fn of(self, person: &Arc<Person>) -> Visitor {
        Visitor { person: Arc::clone(person), theme: self.theme, here: self.here, impersonation: self.impersonation }
    }

    /// The word that says what was just done, for the page that shows it.
    pub fn done(&self) -> Option<&str> {
        let word = self.flash.as_deref()?;
        current::flash_is_shown();
        Some(word)
    }
}

impl FromRequestParts<AppState> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        let here = parts.uri.path_and_query().map_or("/", |p| p.as_str());
        // Whoever asked was looked up for this request already. Where that fails, no page is shown that would need it.
        let visitor = match session_id(&parts.headers, state.sessions.cookie()) {
            Some(session) => state.visitors.find(session).await.ok().flatten(),
            None => None,
        };
        let impersonation = visitor.and_then(|v| v.impersonator.as_ref().map(|i| bar(i, &v.person)));
        Ok(Self { theme: current::theme(), here: here.to_owned(), impersonation, flash: flash::word(parts, state) })
    }
}

fn bar(impersonator: &Impersonator, person: &Person) -> ImpersonationBar {
    ImpersonationBar {
        admin: impersonator.admin.email.clone(),
        member: person.email.clone(),
        until: impersonator.impersonation.until,
        has_write_access: impersonator.impersonation.has_write_access,
    }
}
