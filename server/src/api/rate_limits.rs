//! The gate in front of every operation of the API: suspended tenants and too many requests are refused here, without a
//! statement. Every other response carries the headers that say how much of its rate is left.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use db::Db;
use db::api_keys::Bearer;
use db::rate_limits::{Caller, RateLimits, Verdicts};
use domain::limits::{Feature, Verdict};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::problems;
use crate::auth::key::bearer;
use crate::auth::keys::Keys;
use crate::error::Problem;

const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const STANDING: HeaderName = HeaderName::from_static("ratelimit");

/// The layer. Requests without a valid key pass it: what they ask for refuses them.
pub async fn gate(
    State(keys): State<Keys>,
    State(db): State<Db>,
    State(rate_limits): State<Arc<RateLimits>>,
    request: Request,
    next: Next,
) -> Response {
    let Some(key) = bearer(request.headers()) else { return next.run(request).await };
    let verdicts = match keys.find(key).await {
        Ok(Some(bearer)) => count(&db, &rate_limits, &bearer).await,
        Ok(None) => return next.run(request).await,
        Err(problem) => Err(problem),
    };
    let verdicts = match verdicts {
        Ok(verdicts) => verdicts,
        Err(problem) => return problem.into_response(),
    };
    let mut response = if verdicts.allowed() { next.run(request).await } else { refusal(&verdicts).into_response() };
    stamp(response.headers_mut(), &verdicts);
    response
}

async fn count(db: &Db, rate_limits: &RateLimits, bearer: &Bearer) -> Result<Verdicts, Problem> {
    let tenant = bearer.access.tenant();
    if let Some(reason) = &bearer.suspended {
        return Err(problems::suspended(reason));
    }
    let plan = db::limits::plan(db, tenant).await?;
    if !plan.terms.has(Feature::Api) {
        return Err(problems::not_included(&plan.name));
    }
    Ok(rate_limits.take(&Caller::new(tenant, bearer.key, &plan.terms)).await)
}

fn refusal(verdicts: &Verdicts) -> Problem {
    metrics::counter!("stoa_api_refused_total").increment(1);
    match verdicts.key {
        Some(key) if !key.allowed && key.wait >= verdicts.tenant.wait => problems::too_many(&key, "this key"),
        _ => problems::too_many(&verdicts.tenant, "this tenant"),
    }
}

// Both forms: the three headers that clients know, and those that the IETF's draft makes of them.
fn stamp(headers: &mut HeaderMap, verdicts: &Verdicts) {
    let tightest = verdicts.tightest();
    let named = [("account", Some(verdicts.tenant)), ("key", verdicts.key)];
    let list = |write: fn(&Verdict) -> String| {
        let item = |(name, verdict): (&str, Option<Verdict>)| Some(format!("\"{name}\";{}", write(&verdict?)));
        named.into_iter().filter_map(item).collect::<Vec<_>>().join(", ")
    };
    headers.insert(LIMIT, HeaderValue::from(tightest.rate.requests()));
    headers.insert(REMAINING, HeaderValue::from(tightest.remaining));
    headers.insert(RESET, HeaderValue::from(seconds(&tightest)));
    let policy = list(|v| format!("q={};w=60", v.rate.requests()));
    let standing = list(|v| format!("r={};t={}", v.remaining, seconds(v)));
    for (name, text) in [(POLICY, policy), (STANDING, standing)] {
        if let Ok(value) = HeaderValue::try_from(text) {
            headers.insert(name, value);
        }
    }
}

fn seconds(verdict: &Verdict) -> u64 {
    let reset = verdict.reset.max(verdict.wait);
    reset.as_secs() + u64::from(reset.subsec_nanos() > 0)
}
