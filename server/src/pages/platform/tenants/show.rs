//! One tenant.

use app::frame::Place;
use app::pages::platform::tenants::{OneTenant, show as view};
use axum::extract::Path;
use axum::response::Response;
use domain::fields::FieldErrors;

use crate::auth::PlatformAdmin;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::platform::{clock, frame};
use crate::pages::visit::Visit;

/// How it stands and what it uses.
///
/// # Errors
/// For everybody but platform admins, unknown tenants, and when PostgreSQL fails.
pub async fn show(admin: PlatformAdmin, visit: Visit, Path(slug): Path<String>) -> Result<Response, PageError> {
    Ok(answer::ok(read(&admin, visit, &slug).await?, view).await)
}

/// Everything that the page shows.
///
/// # Errors
/// When there is no such tenant, and when PostgreSQL fails.
pub(super) async fn read(admin: &PlatformAdmin, visit: Visit, slug: &str) -> Result<OneTenant, PageError> {
    let tenant = admin.platform.tenant(slug).await?;
    let figures = admin.platform.figures(&[tenant.id]).await?.remove(&tenant.id).unwrap_or_default();
    Ok(OneTenant {
        figures,
        tier: admin.platform.tier(&tenant.tier).await?,
        tiers: admin.platform.tiers().await?,
        name: tenant.name.clone(),
        tenant,
        faults: FieldErrors::default(),
        done: visit.done().and_then(super::done_words),
        frame: frame(admin, visit, Place::Tenants),
        clock: clock(&admin.platform),
    })
}
