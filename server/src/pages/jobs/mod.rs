//! `/t/{tenant}/settings/jobs` and below it: a tenant's own jobs, to look at.

use app::frame::Section;
use app::pages::jobs::{Listed, TenantJob, TenantJobs, index as list_view, show as view};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use db::queue::console;
use db::{DataError, Scope, people};
use domain::calendar::Tz;
use domain::fields::UNKNOWN;
use domain::ids::JobId;
use domain::jobs::{JobQuery, JobView};
use domain::page::{Cursors, Limit, List, Seal};
use domain::permission::Permission;
use serde::Deserialize;

use super::answer;
use super::filters::{self, Pairs};
use super::frame::frame;
use super::platform::jobs::list::{live_filter, run_filter};
use super::platform::jobs::show::actors;
use super::visit::Visit;
use crate::auth::Member;
use crate::cursor_seal;
use crate::error::PageError;

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
    State(cursors): State<Cursors>,
    member: Member,
    visit: Visit,
    Query(typed): Query<Pairs>,
) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ReadJobs)?;
    let seal = cursor_seal::of(&cursors, &scope, List::Jobs);
    let (query, mut faults) = JobQuery::understood(filters::of(&typed), &seal);
    // Whose they are is settled by the address.
    faults.add_if(query.tenant.is_some(), "tenant", UNKNOWN);
    let query = JobQuery { tenant: None, ..query };
    let frame = frame(&scope, &member, visit, Section::Jobs, None).await?;
    let found = find(&scope, &query, frame.zone, &seal).await?;
    let counts = console::counts_of(&scope).await?;
    let clock = frame.clock();
    Ok(answer::ok(TenantJobs { frame, query, typed, faults, counts, found, clock }, list_view).await)
}

/// One job.
///
/// # Errors
/// For strangers and viewers, unknown jobs, and when PostgreSQL fails.
pub async fn show(member: Member, visit: Visit, Path(named): Path<Named>) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ReadJobs)?;
    let id: JobId = named.id.parse().map_err(|_| PageError::NotFound)?;
    let job = console::show_of(&scope, id).await?;
    let people = people::emails(scope.db(), actors(&job)).await?;
    let frame = frame(&scope, &member, visit, Section::Jobs, None).await?;
    let clock = frame.clock();
    Ok(answer::ok(TenantJob { frame, job, people, clock }, view).await)
}

async fn find(scope: &Scope, query: &JobQuery, zone: Tz, seal: &Seal) -> Result<Listed, DataError> {
    let cursor = query.cursor.as_deref();
    match query.view {
        JobView::Live(state) => {
            let filter = live_filter(query, state, None, zone);
            Ok(Listed::Live(state, console::jobs_of(scope, &filter, cursor, Limit::default()).await?.sealed(seal)))
        }
        JobView::Ended(outcome) => {
            let filter = run_filter(query, outcome, zone);
            Ok(Listed::Ended(console::history_of(scope, &filter, cursor, Limit::default()).await?.sealed(seal)))
        }
    }
}
