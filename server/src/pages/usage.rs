//! `/t/{tenant}/usage`: what the tier allows and what is used of it.

use std::sync::Arc;

use app::frame::Section;
use app::pages::usage::{UsagePage, page};
use axum::extract::State;
use axum::response::Response;
use db::limits;
use db::rate_limits::RateLimits;
use domain::limits::{Limit, Rate};
use domain::permission::Permission;

use super::answer;
use super::frame::frame;
use super::visit::Visit;
use crate::auth::Member;
use crate::error::PageError;

/// Every limit.
///
/// # Errors
/// For strangers and those who do not run the account, and when PostgreSQL fails.
pub async fn show(
    State(rate_limits): State<Arc<RateLimits>>,
    member: Member,
    visit: Visit,
) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ManageStores)?;
    let frame = frame(&scope, &member, visit, Section::Usage, None).await?;
    let mut usage = limits::usage(&scope).await?;
    let rate = usage.iter_mut().find(|usage| usage.limit == Limit::RequestsPerMinute);
    if let Some((rate, allowed)) = rate.and_then(|usage| Some((&mut usage.used, usage.allowed?))) {
        *rate = Some(rate_limits.pending(scope.tenant(), Rate::per_minute(allowed)).await);
    }
    let plan = limits::plan(scope.db(), scope.tenant()).await?;
    let clock = frame.clock();
    Ok(answer::ok(UsagePage { frame, plan, usage, clock }, page).await)
}
