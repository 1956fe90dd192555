//! How a tenant's backups are, and asking for one now.

use std::sync::Arc;

use app::frame::Section;
use app::pages::backups::{TenantBackups, page as view};
use axum::extract::{Query, State};
use axum::response::Response;
use db::backups::{self, Place};
use db::settings;
use domain::backups::Kind;
use domain::page::{Cursors, Limit, List};
use domain::permission::Permission;

use crate::auth::Member;
use crate::config::Config;
use crate::cursor_seal;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::filters::{self, Pairs};
use crate::pages::frame::frame;
use crate::pages::visit::Visit;

/// One page of the tenant's backups.
///
/// # Errors
/// For strangers and viewers, and when PostgreSQL fails.
pub async fn show(
    State(config): State<Arc<Config>>,
    State(cursors): State<Cursors>,
    member: Member,
    visit: Visit,
    Query(typed): Query<Pairs>,
) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ReadBackups)?;
    let seal = cursor_seal::of(&cursors, &scope, List::Backups);
    let (cursor, faults) = filters::place(&typed, &seal);
    let page = backups::list(&scope, cursor.as_deref(), Limit::default()).await?.sealed(&seal);
    let done = visit.done().and_then(done_words);
    let frame = frame(&scope, &member, visit, Section::Backups, None).await?;
    let clock = frame.clock();
    let shown = TenantBackups {
        may_ask: member.may(Permission::ManageBackups),
        done,
        frame,
        page,
        typed,
        faults,
        summary: backups::summary(&scope).await?,
        alarms: backups::tenant_alarms(&scope).await?,
        due: backups::next_slot(clock.now, settings::of_tenant(&scope).await?.backup_hour.into()),
        days: backups::retention_days(&scope, config.backups.days).await?,
        clock,
    };
    Ok(answer::ok(shown, view).await)
}

/// Asks for a backup of everything that the tenant has.
///
/// # Errors
/// For strangers and those who may not, and when PostgreSQL fails.
pub async fn ask(member: Member) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ManageBackups)?;
    let made = backups::ask(&Place::Tenant(scope.clone()), &[Kind::Database, Kind::Files], scope.actor()).await?;
    Ok(answer::done(&format!("/t/{}/backups", member.membership.slug), if made.is_empty() { "waits" } else { "asked" }))
}

/// What was just done about a backup.
pub fn done_words(word: &str) -> Option<&'static str> {
    match word {
        "asked" => Some("Backup requested. It will be listed below when a worker starts it."),
        "waits" => Some("A backup is already queued."),
        _ => None,
    }
}
