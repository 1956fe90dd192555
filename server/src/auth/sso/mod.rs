//! Single sign-on through a tenant's own OpenID Connect provider. What begins that way opens that tenant alone: the
//! provider vouches for its people there, and for nobody anywhere else.

mod ask;
mod finish;
mod provider;

pub use ask::{form, moved, named, show};
pub use finish::finish;
pub use provider::{Unusable, discover};

use app::pages::entry::sso_refused;
use axum::response::Response;
use domain::ids::{ProviderId, TenantId};
use http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::middleware::current;
use crate::pages::answer;

const KIND: &str = "sso";

// What was asked, until the browser comes back.
#[derive(Serialize, Deserialize)]
struct Waiting {
    tenant: TenantId,
    slug: String,
    provider: ProviderId,
    state: String,
    nonce: String,
    verifier: String,
    next: String,
}

// Why nobody was signed in, and the way back.
async fn refused(status: StatusCode, slug: &str, why: &str) -> Response {
    let told = (slug.to_owned(), why.to_owned(), current::theme());
    answer::with(status, told, |(slug, why, theme)| sso_refused(slug, why, *theme)).await
}
