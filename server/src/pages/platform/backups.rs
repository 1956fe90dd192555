//! Backups of the installation and of every tenant.

use std::collections::HashMap;

use app::frame::Place;
use app::pages::platform::{Backups, backups as view};
use axum::extract::{Query, State};
use axum::response::Response;
use db::Actor;
use db::backups;
use domain::backups::{Kind, UnknownWord};
use domain::fields::{FieldErrors, UNKNOWN};
use domain::page::{Cursors, Limit, List, Place as InList, Seal};

use super::{clock, frame};
use crate::auth::PlatformAdmin;
use crate::cursor_seal;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::backups::done_words;
use crate::pages::filters::{self, Pairs};
use crate::pages::visit::Visit;

const TENANTS: u64 = 10_000;

/// One page of them.
///
/// # Errors
/// For users who are not platform admins, and when PostgreSQL fails.
pub async fn show(
    State(cursors): State<Cursors>,
    admin: PlatformAdmin,
    visit: Visit,
    Query(typed): Query<Pairs>,
) -> Result<Response, PageError> {
    let seal = cursor_seal::of_platform(&cursors, &admin.platform, List::Backups);
    let (kind, cursor, faults) = understood(&typed, &seal);
    let (platform, clock) = (&admin.platform, clock(&admin.platform));
    let done = visit.done().and_then(done_words);
    let page = backups::platform_list(platform, kind, cursor.as_deref(), Limit::default()).await?.sealed(&seal);
    let alarms = backups::alarms(platform).await?;
    let names = if alarms.iter().any(|alarm| !alarm.tenant.0.is_nil()) {
        platform.tenants(TENANTS).await?.into_iter().map(|tenant| (tenant.id, tenant.slug)).collect()
    } else {
        HashMap::new()
    };
    let page = Backups {
        frame: frame(&admin, visit, Place::Backups),
        kind,
        done,
        typed,
        faults,
        page,
        summary: backups::platform_summary(platform).await?,
        alarms,
        names,
        due: backups::next_slot(clock.now, backups::PLATFORM_HOUR),
        clock,
    };
    Ok(answer::ok(page, view).await)
}

/// Asks for a backup of the whole installation.
///
/// # Errors
/// For users who are not platform admins, and when PostgreSQL fails.
pub async fn ask(admin: PlatformAdmin) -> Result<Response, PageError> {
    let place = backups::Place::Platform(admin.platform.clone());
    let made = backups::ask(&place, &[Kind::Full], Actor::User(admin.person.id)).await?;
    Ok(answer::done("/platform/backups", if made.is_empty() { "waits" } else { "asked" }))
}

fn understood(typed: &Pairs, seal: &Seal) -> (Option<Kind>, Option<InList>, FieldErrors) {
    let (mut kind, mut cursor) = (None, None);
    let faults = FieldErrors::of_pairs(filters::of(typed), |name, value| match name {
        "kind" => {
            kind = Some(value.parse().map_err(|error: UnknownWord| error.to_string())?);
            Ok(())
        }
        "cursor" => seal.open(value).map(|found| cursor = Some(found)).map_err(str::to_owned),
        _ => Err(UNKNOWN.into()),
    });
    (kind, cursor, faults)
}
