//! `/`: where everybody begins.

use std::sync::Arc;

use app::pages::tenants;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use crate::auth::SignedIn;
use crate::error::PageError;
use crate::pages::answer;
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
        _ => {
            let page = (visit.of(&person), Arc::clone(&memberships));
            Ok(answer::not_stored(StatusCode::OK, page, |(visitor, choice)| tenants::page(visitor, choice)).await)
        }
    }
}
