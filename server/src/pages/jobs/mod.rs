//! `/t/{tenant}/settings/jobs` and below it: a tenant's own jobs, to look at.

use app::frame::Section;
use app::pages::jobs::{Listed, TenantJob, TenantJobs, index as list_view, show as view};
use app::ui::Clock;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use db::queue::console;
use db::{DataError, Scope, people};
use domain::calendar::Tz;
use domain::ids::JobId;
use domain::jobs::{JobQuery, JobView};
use domain::page::{Limit, List, Seal};
use domain::permission::Permission;
use serde::Deserialize;

use super::answer;
use super::frame::frame;
use super::platform::jobs::list::{live_filter, run_filter};
use super::platform::jobs::show::actors;
use super::visit::Visit;
use crate::auth::Member;
use crate::cursors;
use crate::error::PageError;
use crate::state::AppState;

/// Which job the address names.
#[derive(Debug, Deserialize)]
pub struct Named {
    id: String,
}

/// One page of a list.
///
/// # Errors
/// For strangers and viewers, and when PostgreSQL fails.
pub async fn index(
    State(state): State<AppState>,
    member: Member,
    visit: Visit,
    Query(typed): Query<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ReadJobs)?;
    let seal = cursors::of(&state, &scope, List::Jobs);
    let (query, faults) = JobQuery::understood(typed.iter().map(|(n, v)| (n.as_str(), v.as_str())), &seal);
    // Whose they are is settled by the address.
    let query = JobQuery { tenant: None, ..query };
    let is_faulty = !faults.is_empty();
    let found = if is_faulty { None } else { Some(find(&scope, &query, &seal).await?) };
    let counts = console::counts_of(&scope).await?;
    let frame = frame(&scope, &member, visit, Section::Jobs, None).await?;
    let zone = frame.stores.first().map_or(Tz::UTC, |store| store.zone);
    let clock = Clock::new(state.db.clock().now(), zone);
    let page = list_view(&TenantJobs { frame, query, typed, faults, counts, found, clock });
    Ok(if is_faulty { answer::faulty(&page) } else { answer::ok(&page) })
}

/// One job.
///
/// # Errors
/// For strangers and viewers, unknown jobs, and when PostgreSQL fails.
pub async fn show(
    State(state): State<AppState>,
    member: Member,
    visit: Visit,
    Path(named): Path<Named>,
) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ReadJobs)?;
    let id: JobId = named.id.parse().map_err(|_| PageError::NotFound)?;
    let job = console::show_of(&scope, id).await?;
    let people = people::emails(&state.db, actors(&job)).await?;
    let frame = frame(&scope, &member, visit, Section::Jobs, None).await?;
    let zone = frame.stores.first().map_or(Tz::UTC, |store| store.zone);
    let clock = Clock::new(state.db.clock().now(), zone);
    Ok(answer::ok(&view(&TenantJob { frame, job, people, clock })))
}

async fn find(scope: &Scope, query: &JobQuery, seal: &Seal) -> Result<Listed, DataError> {
    let cursor = query.cursor.as_deref();
    match query.view {
        JobView::Live(state) => {
            let filter = live_filter(query, state, None);
            Ok(Listed::Live(state, console::jobs_of(scope, &filter, cursor, Limit::default()).await?.sealed(seal)))
        }
        JobView::Ended(outcome) => {
            let filter = run_filter(query, outcome);
            Ok(Listed::Ended(console::history_of(scope, &filter, cursor, Limit::default()).await?.sealed(seal)))
        }
    }
}
