//! How a tenant's backups are, and asking for one now.

use app::frame::Section;
use app::pages::backups::{TenantBackups, page as view};
use app::ui::Clock;
use axum::extract::{Query, State};
use axum::response::Response;
use db::backups::{self, Place};
use db::settings;
use domain::backups::Kind;
use domain::calendar::Tz;
use domain::fields::FieldErrors;
use domain::page::{Limit, List, Place as InList, Seal};
use domain::permission::Permission;
use serde::Deserialize;

use crate::auth::Member;
use crate::cursors;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::frame::frame;
use crate::pages::visit::Visit;
use crate::state::AppState;

/// Where the page begins.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    cursor: Option<String>,
}

/// One page of the tenant's backups.
///
/// # Errors
/// For strangers and viewers, and when PostgreSQL fails.
pub async fn show(
    State(state): State<AppState>,
    member: Member,
    visit: Visit,
    Query(wanted): Query<Wanted>,
) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ReadBackups)?;
    let seal = cursors::of(&state, &scope, List::Backups);
    let (cursor, faults) = read(wanted.cursor.as_deref(), &seal);
    let page = match faults.is_empty() {
        true => Some(backups::list(&scope, cursor.as_deref(), Limit::default()).await?.sealed(&seal)),
        false => None,
    };
    let done = visit.done().and_then(done_words);
    let frame = frame(&scope, &member, visit, Section::Backups, None).await?;
    let zone = frame.stores.first().map_or(Tz::UTC, |store| store.zone);
    let now = state.db.clock().now();
    let shown = TenantBackups {
        may_ask: member.may(Permission::ManageBackups),
        done,
        frame,
        page,
        faults,
        summary: backups::summary(&scope).await?,
        alarms: backups::tenant_alarms(&scope).await?,
        due: backups::next_slot(now, settings::of_tenant(&scope).await?.backup_hour.into()),
        days: backups::retention_days(&scope, state.config.backups.days).await?,
        clock: Clock::new(now, zone),
    };
    let html = view(&shown);
    Ok(if shown.faults.is_empty() { answer::ok(&html) } else { answer::faulty(&html) })
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

/// The place that an address names, if it is one of the list.
pub fn read(cursor: Option<&str>, seal: &Seal) -> (Option<InList>, FieldErrors) {
    let mut faults = FieldErrors::default();
    let given = cursor.filter(|text| !text.is_empty());
    let place = given.and_then(|text| seal.open(text).map_err(|words| faults.add("cursor", words)).ok());
    (place, faults)
}

/// What was just done about a backup.
pub fn done_words(word: &str) -> Option<&'static str> {
    match word {
        "asked" => Some("Asked for. A worker begins it as soon as one is free; it shows up below then."),
        "waits" => Some("It was asked for before and waits for a worker; nothing was added."),
        _ => None,
    }
}
