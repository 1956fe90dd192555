//! Lists of jobs and attempts.

use app::frame::Place;
use app::pages::jobs::Listed;
use app::pages::platform::jobs::{JobList, list};
use axum::extract::{Query, State};
use axum::response::Response;
use db::DataError;
use db::platform::{Platform, PlatformTx};
use db::queue::console::{self, JobFilter, RunFilter};
use domain::calendar::{Tz, day_start, next};
use domain::fields::FieldErrors;
use domain::ids::TenantId;
use domain::jobs::{INSTALLATION, JobQuery, JobState, JobView};
use domain::page::{Cursors, Limit, List, Seal};

use crate::auth::PlatformAdmin;
use crate::cursor_seal;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::filters::{self, Pairs};
use crate::pages::platform::{clock, frame};
use crate::pages::visit::Visit;

/// One page of a list.
///
/// # Errors
/// For users who are not platform admins, and when PostgreSQL fails.
pub async fn show(
    State(cursors): State<Cursors>,
    admin: PlatformAdmin,
    visit: Visit,
    Query(typed): Query<Pairs>,
) -> Result<Response, PageError> {
    let seal = cursor_seal::of_platform(&cursors, &admin.platform, List::Jobs);
    let (mut query, mut faults) = JobQuery::understood(filters::of(&typed), &seal);
    let tenant = tenant_of(&admin.platform, &query, &mut faults).await?;
    query.tenant = query.tenant.filter(|_| tenant.is_some());
    let found = find(&admin.platform, &query, tenant, &seal).await?;
    let page = JobList {
        query,
        typed,
        faults,
        counts: console::counts(&admin.platform).await?,
        found,
        done: visit.done().and_then(super::change::done_words),
        frame: frame(&admin, visit, Place::Jobs),
        clock: clock(&admin.platform),
    };
    Ok(answer::ok(page, list).await)
}

/// The tenant that `query` names, if it names one; a fault when there is none of that name.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn tenant_of(
    platform: &Platform,
    query: &JobQuery,
    faults: &mut FieldErrors,
) -> Result<Option<TenantId>, DataError> {
    let Some(slug) = query.tenant.as_deref() else { return Ok(None) };
    if slug == INSTALLATION {
        return Ok(Some(PlatformTx::NIL));
    }
    match platform.enter(slug).await {
        Ok(access) => Ok(Some(access.tenant())),
        Err(DataError::NotFound(_)) => {
            faults.add("tenant", format!("There is no tenant '{slug}'."));
            Ok(None)
        }
        Err(other) => Err(other),
    }
}

/// The live jobs that `query` means, whichever page it is at.
pub fn live_filter(query: &JobQuery, state: JobState, tenant: Option<TenantId>, zone: Tz) -> JobFilter {
    let [from, to] = days(query, zone);
    JobFilter {
        tenant,
        kind: query.kind.clone(),
        queue: query.queue.clone(),
        key: query.key.clone(),
        text: query.q.clone(),
        from,
        to,
        ..JobFilter::of(state)
    }
}

async fn find(
    platform: &Platform,
    query: &JobQuery,
    tenant: Option<TenantId>,
    seal: &Seal,
) -> Result<Listed, DataError> {
    let cursor = query.cursor.as_deref();
    match query.view {
        JobView::Live(state) => {
            let filter = live_filter(query, state, tenant, Tz::UTC);
            Ok(Listed::Live(state, console::jobs(platform, &filter, cursor, Limit::default()).await?.sealed(seal)))
        }
        JobView::Ended(outcome) => {
            let filter = RunFilter { tenant, ..run_filter(query, outcome, Tz::UTC) };
            Ok(Listed::Ended(console::history(platform, &filter, cursor, Limit::default()).await?.sealed(seal)))
        }
    }
}

/// The attempts that `query` means, of whomever.
pub fn run_filter(query: &JobQuery, outcome: Option<domain::jobs::RunOutcome>, zone: Tz) -> RunFilter {
    let [from, to] = days(query, zone);
    RunFilter {
        outcome,
        tenant: None,
        kind: query.kind.clone(),
        key: query.key.clone(),
        text: query.q.clone(),
        from,
        to,
    }
}

// The days are those of the page's clock.
fn days(query: &JobQuery, zone: Tz) -> [Option<chrono::DateTime<chrono::Utc>>; 2] {
    let start = |day: chrono::NaiveDate| day_start(day, zone);
    [query.from.map(start), query.to.map(next).map(start)]
}
