//! Closing a tenant, for a while or for good, and opening it again.

use std::sync::Arc;

use app::frame::Place;
use app::pages::platform::jobs::{Confirm, confirm};
use app::pages::platform::tenants::plan;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Response};
use db::DataError;
use db::platform::TenantRow;
use domain::fields::FieldErrors;

use super::PATH;
use crate::auth::PlatformAdmin;
use crate::config::Config;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::platform::{clock, frame, submitted_reason};
use crate::pages::visit::Visit;

type Pairs = Vec<(String, String)>;

/// Asks why, or closes the tenant until it is resumed.
///
/// # Errors
/// For everybody but platform admins, unknown tenants, and when PostgreSQL fails.
pub async fn suspend(
    admin: PlatformAdmin,
    visit: Visit,
    Path(slug): Path<String>,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageError> {
    let tenant = admin.platform.tenant(&slug).await?;
    let reason = submitted_reason(&pairs);
    let faults = match reason {
        Some(reason) => match admin.platform.suspend(&slug, reason).await {
            Ok(changed) => return Ok(back(&slug, if changed { "suspended" } else { "unchanged" })),
            Err(DataError::Invalid(faults)) => faults,
            Err(error) => return Err(error.into()),
        },
        None => FieldErrors::default(),
    };
    let words = vec![
        "Members and programs lose access within a second. They see the reason that you enter below.".to_owned(),
        "No data is deleted. Backups continue. You can resume the tenant at any time.".to_owned(),
    ];
    let question = Question { action: "suspend", verb: "Suspend tenant", words, is_final: false };
    Ok(question.ask(&admin, visit, &tenant, reason, faults).await)
}

/// Opens the tenant again.
///
/// # Errors
/// For everybody but platform admins, unknown tenants, and when PostgreSQL fails.
pub async fn resume(admin: PlatformAdmin, Path(slug): Path<String>) -> Result<Response, PageError> {
    let changed = admin.platform.resume(&slug).await?;
    Ok(back(&slug, if changed { "resumed" } else { "unchanged" }))
}

/// Says what a deletion takes, or closes the tenant and has it deleted when its time is over.
///
/// # Errors
/// For everybody but platform admins, unknown tenants, and when PostgreSQL fails.
pub async fn delete(
    State(config): State<Arc<Config>>,
    admin: PlatformAdmin,
    visit: Visit,
    Path(slug): Path<String>,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageError> {
    let tenant = admin.platform.tenant(&slug).await?;
    let days = config.delete_grace_days;
    let reason = submitted_reason(&pairs);
    let faults = match reason {
        Some(reason) => match admin.platform.leave(&slug, reason, days).await {
            Ok(_) => return Ok(back(&slug, "leaving")),
            Err(DataError::Invalid(faults)) => faults,
            Err(error) => return Err(error.into()),
        },
        None => FieldErrors::default(),
    };
    let end = clock(&admin.platform).now + chrono::TimeDelta::days(i64::from(days));
    let figures = admin.platform.figures(&[tenant.id]).await?.remove(&tenant.id).unwrap_or_default();
    let words = plan(&tenant, &figures, days, &clock(&admin.platform).exact(end), config.backups.days);
    let question = Question { action: "delete", verb: "Delete tenant", words, is_final: true };
    Ok(question.ask(&admin, visit, &tenant, reason, faults).await)
}

/// Takes a deletion back.
///
/// # Errors
/// For everybody but platform admins, unknown tenants, and when PostgreSQL fails.
pub async fn keep(admin: PlatformAdmin, Path(slug): Path<String>) -> Result<Response, PageError> {
    let changed = admin.platform.stay(&slug).await?;
    Ok(back(&slug, if changed { "kept" } else { "unchanged" }))
}

fn back(slug: &str, word: &str) -> Response {
    answer::done(&format!("{PATH}/{slug}"), word).into_response()
}

struct Question {
    action: &'static str,
    verb: &'static str,
    words: Vec<String>,
    is_final: bool,
}

impl Question {
    async fn ask(
        self,
        admin: &PlatformAdmin,
        visit: Visit,
        tenant: &TenantRow,
        reason: Option<&str>,
        faults: FieldErrors,
    ) -> Response {
        let status = answer::status(&faults);
        let page = Confirm {
            frame: frame(admin, visit, Place::Tenants),
            title: format!("{} {}?", self.verb, tenant.name),
            words: self.words,
            action: format!("{PATH}/{}/{}", tenant.slug, self.action),
            hidden: Vec::new(),
            label: Some(format!("{} {}", self.verb, tenant.name)),
            asks_why: true,
            is_final: self.is_final,
            back: format!("{PATH}/{}", tenant.slug),
            reason: reason.unwrap_or_default().to_owned(),
            faults,
        };
        answer::with(status, page, confirm).await
    }
}
