//! One job of anybody.

use app::frame::Place;
use app::pages::platform::jobs::{OneJob, show as view};
use axum::extract::{Path, Query};
use axum::response::Response;
use db::people;
use db::platform::{Platform, PlatformTx};
use db::queue::console::{self, JobDetail};
use domain::ids::{JobId, TenantId};
use serde::Deserialize;

use crate::auth::PlatformAdmin;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::platform::{clock, frame};
use crate::pages::visit::Visit;

/// Whose job it is: a tenant's name in addresses, or its id; the installation's own when not said.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    tenant: Option<String>,
}

/// The job.
///
/// # Errors
/// For everybody but platform admins, unknown jobs, and when PostgreSQL fails.
pub async fn show(
    admin: PlatformAdmin,
    visit: Visit,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, PageError> {
    let id: JobId = id.parse().map_err(|_| PageError::NotFound)?;
    let tenant = tenant(&admin.platform, wanted.tenant.as_deref()).await?;
    let job = console::show(&admin.platform, tenant, id).await?;
    let people = people::emails(admin.platform.db(), actors(&job)).await?;
    let done = visit.done().and_then(super::change::done_words);
    let frame = frame(&admin, visit, Place::Jobs);
    Ok(answer::ok(OneJob { frame, tenant, id, job, people, done, clock: clock(&admin.platform) }, view).await)
}

/// Everybody who is named on the page of `job`.
pub fn actors(job: &JobDetail) -> impl Iterator<Item = &str> {
    job.job.iter().map(|job| job.actor.as_str()).chain(job.notes.iter().map(|note| note.actor.as_str()))
}

async fn tenant(platform: &Platform, wanted: Option<&str>) -> Result<TenantId, PageError> {
    match wanted {
        None => Ok(PlatformTx::NIL),
        Some(text) => match text.parse() {
            Ok(id) => Ok(id),
            Err(_) => Ok(platform.enter(text).await?.tenant()),
        },
    }
}
