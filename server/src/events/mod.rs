//! Event streams: a tenant's feed as server-sent events, for people's pages and for programs. The pages of one person share a
//! stream (`public/stream.js`), so a browser that has many open keeps connections for everything else.

mod audience;
pub(crate) mod place;
mod stream;
mod watch;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::permission::Permission;
use http::StatusCode;
use http::request::Parts;

use crate::api::{Pairs, Refusals};
use crate::auth::{KeyAccess, Member, Needs, SignedIn, key};
use crate::error::{PageError, Problem};
use crate::routes::Routes;
use crate::state::AppState;
use place::Place;
use watch::Watch;

pub(crate) use audience::audience;

/// The streams of people; those of programs belong to the API.
pub fn routes() -> Routes {
    Routes::new().get("/t/{tenant}/events", Needs::Member(Permission::ReadEvents), for_people)
}

/// Follow events
///
/// A server-sent event stream of everything that happens in the tenant: `id:` is the sequence number, `event:` the
/// kind, `data:` JSON. A comment is sent immediately, and `event: heartbeat` after every 15 seconds without another
/// event. See the guide for resuming, gaps and keys of one store.
#[utoipa::path(get, path = "/api/v1/events", tag = "Events", operation_id = "followEvents",
    params(
        ("Last-Event-ID" = Option<i64>, Header, description = "Resume after this event. Without it, the stream starts \
            now."),
        ("after" = Option<i64>, Query, description = "The same, for clients that cannot set headers. The header takes \
            precedence."),
    ),
    security(("key" = ["events:read"])),
    responses((status = 200, description = "The event stream", content_type = "text/event-stream", body = String,
        example = "id: 58\nevent: order.placed\ndata: {\"id\":\"0199d0c2-6f0e-7cc3-98c4-dc0c0c07398f\",\"store\":\"north\",\"number\":\"A-1001\",\"kind\":\"sale\",\"placed_at\":\"2026-11-02T09:30:00Z\",\"currency\":\"GBP\",\"total\":2211}\n\n"),
        Refusals))]
pub(crate) async fn for_programs(
    State(state): State<AppState>,
    key: KeyAccess,
    pairs: Pairs,
    parts: Parts,
) -> Result<Response, Problem> {
    let scope = key.scope(Permission::ReadEvents)?;
    let place = Place::of_program(&parts.headers, &pairs)?;
    let token = key::bearer(&parts.headers).ok_or_else(Problem::unauthorized)?;
    Ok(stream::open(state.clone(), &scope, place, Watch::key(state, token)).await?)
}

async fn for_people(
    State(state): State<AppState>,
    member: Member,
    signed_in: SignedIn,
    parts: Parts,
) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ReadEvents)?;
    if !audience::is_meant(&parts, &member) {
        // The page belongs to somebody who was signed in before. Browsers do not ask again after this status.
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let place = Place::of_page(&parts);
    let watch = Watch::person(state.clone(), signed_in.session, &member);
    Ok(stream::open(state, &scope, place, watch).await?)
}
