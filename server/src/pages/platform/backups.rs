//! Backups of the installation and of every tenant.

use std::collections::HashMap;

use app::frame::Place;
use app::pages::platform::{Backups, backups as view};
use axum::extract::{Query, State};
use axum::response::{Redirect, Response};
use db::Actor;
use db::backups;
use domain::backups::Kind;
use domain::fields::FieldErrors;
use domain::page::{Cursor, Limit};
use serde::Deserialize;

use super::{clock, frame};
use crate::auth::PlatformAdmin;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::backups::done_words;
use crate::pages::visit::Visit;
use crate::state::AppState;

const TENANTS: u64 = 10_000;

/// Which backups.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    kind: Option<String>,
    cursor: Option<String>,
}

/// One page of them.
///
/// # Errors
/// For everybody but platform admins, and when PostgreSQL fails.
pub async fn show(
    State(state): State<AppState>,
    admin: PlatformAdmin,
    visit: Visit,
    Query(wanted): Query<Wanted>,
) -> Result<Response, PageError> {
    let (kind, cursor, faults) = read(&wanted);
    let (platform, clock) = (&admin.platform, clock(&state));
    let done = visit.done().and_then(done_words);
    let is_faulty = !faults.is_empty();
    let page = match is_faulty {
        true => None,
        false => Some(backups::platform_list(platform, kind, cursor.as_ref(), Limit::default()).await?),
    };
    let alarms = backups::alarms(platform).await?;
    let names = if alarms.iter().any(|alarm| !alarm.tenant.0.is_nil()) {
        platform.tenants(TENANTS).await?.into_iter().map(|tenant| (tenant.id, tenant.slug)).collect()
    } else {
        HashMap::new()
    };
    let page = view(&Backups {
        frame: frame(&admin, visit, Place::Backups),
        kind,
        done,
        faults,
        page,
        summary: backups::platform_summary(platform).await?,
        alarms,
        names,
        due: backups::next_slot(clock.now, backups::PLATFORM_HOUR),
        clock,
    });
    Ok(if is_faulty { answer::faulty(&page) } else { answer::ok(&page) })
}

/// Asks for a backup of the whole installation.
///
/// # Errors
/// For everybody but platform admins, and when PostgreSQL fails.
pub async fn ask(admin: PlatformAdmin) -> Result<Redirect, PageError> {
    let place = backups::Place::Platform(admin.platform.clone());
    let made = backups::ask(&place, &[Kind::Full], Actor::User(admin.person.id)).await?;
    Ok(answer::done("/platform/backups", if made.is_empty() { "waits" } else { "asked" }))
}

fn read(wanted: &Wanted) -> (Option<Kind>, Option<Cursor>, FieldErrors) {
    let mut faults = FieldErrors::default();
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let kind = given(&wanted.kind).and_then(|text| match text.parse() {
        Ok(kind) => Some(kind),
        Err(error) => {
            let error: domain::backups::UnknownWord = error;
            faults.add("kind", error.to_string());
            None
        }
    });
    let cursor = given(&wanted.cursor).and_then(|text| {
        let cursor = Cursor::decode(&text);
        faults.add_if(cursor.is_none(), "cursor", "is not a cursor of this list");
        cursor
    });
    (kind, cursor, faults)
}
