//! `/`: where everybody begins.

use app::pages::tenants;
use axum::response::{Html, IntoResponse, Redirect, Response};

use crate::auth::SignedIn;
use crate::error::PageError;
use crate::middleware::current;
use crate::pages::visit::Visit;

/// To the only tenant, to the platform, or a choice of tenants.
///
/// # Errors
/// When nobody is signed in.
pub async fn show(signed_in: SignedIn, visit: Visit) -> Result<Response, PageError> {
    let SignedIn { person, memberships, .. } = signed_in;
    let to = |path: &str| Ok(Redirect::to(path).into_response());
    match memberships.as_ref() {
        [] if person.is_platform_admin => to("/platform"),
        [only] if !person.is_platform_admin => to(&format!("/t/{}", only.slug)),
        choice => {
            let visitor = visit.of(&person);
            Ok(Html(tenants::page(visitor, choice).with_nonce(&current::nonce())).into_response())
        }
    }
}
