//! Whoever is signed in keeps the frame around them (rooms, search, account) when a page cannot be shown. What belongs to others
//! looks like what does not exist: both are answered in the same frame, and neither names the address.

use app::frame::{Place, PlatformFrame};
use app::pages::error::Around;
use axum::response::Response;
use http::HeaderMap;

use crate::auth::{Member, SignedIn};
use crate::error::PageError;
use crate::middleware::current;
use crate::pages::frame::around_error;
use crate::pages::visit::Visit;
use crate::state::AppState;

/// Draws the error that `response` brings, within the frame of whoever asked for `path`; `cookies` are theirs.
pub async fn draw(state: &AppState, cookies: &HeaderMap, path: &str, mut response: Response) -> Response {
    let Some(error) = response.extensions_mut().remove::<PageError>() else { return response };
    let around = if error.keeps_frame() { around(state, cookies, path).await } else { None };
    within(response, &error, around).await
}

/// The same without asking who it is: for requests that are rejected before they are read.
pub async fn draw_bare(mut response: Response) -> Response {
    match response.extensions_mut().remove::<PageError>() {
        Some(error) => within(response, &error, None).await,
        None => response,
    }
}

async fn within(mut response: Response, error: &PageError, around: Option<Around>) -> Response {
    // The response said that it has no body.
    response.headers_mut().remove(http::header::CONTENT_LENGTH);
    *response.body_mut() = error.draw(around.unwrap_or_else(|| Around::Nobody(current::theme()))).await;
    response
}

// None where nobody is signed in, or nobody can tell.
async fn around(state: &AppState, cookies: &HeaderMap, path: &str) -> Option<Around> {
    let found = SignedIn::of(cookies, &state.sessions, &state.visitors).await.ok()??;
    let (first, rest) = path.strip_prefix('/')?.split_once('/').unwrap_or((&path[1..], ""));
    let person = |here: &str| Visit::beside(&found, here.to_owned()).of(&found.person);
    match first {
        "t" => {
            let slug = rest.split('/').next().unwrap_or_default();
            let within = &rest[slug.len()..];
            let visit = Visit::beside(&found, format!("/t/{slug}"));
            let framed = match Member::of(&state.db, found.clone(), slug) {
                Ok(member) => around_error(&member, within, visit).await.ok(),
                Err(_) => None,
            };
            Some(framed.map_or_else(|| Around::Person(person("/")), |frame| Around::Tenant(Box::new(frame))))
        }
        // Whoever impersonates a member is no admin meanwhile.
        "platform" if found.person.is_platform_admin && (found.person.has_second_factor || state.config.demo) => {
            Some(Around::Platform(PlatformFrame { visitor: person("/platform"), place: Place::of(path) }))
        }
        _ => Some(Around::Person(person("/"))),
    }
}
