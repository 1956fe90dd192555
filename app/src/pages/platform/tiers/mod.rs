//! `/platform/tiers` and below it: what tenants are allowed, and who is on which tier.

mod form;
mod list;
mod model;

pub use form::page as form;
pub use list::page as list;
pub use model::{TierForm, Tiers};

use domain::limits::{Feature, Limit, Terms};

/// What a change of terms says, a sentence a line.
pub fn changes(before: &Terms, after: &Terms) -> Vec<String> {
    let said = |limit: Limit, value: Option<i64>| value.map_or_else(|| "no limit".to_owned(), |n| limit.number(n));
    let limits = Limit::ALL.into_iter().filter(|limit| before.allowed(*limit) != after.allowed(*limit));
    let limits = limits.map(|limit| {
        format!(
            "{}: {} (was {}).",
            limit.label(),
            said(limit, after.allowed(limit)),
            said(limit, before.allowed(limit))
        )
    });
    let features = Feature::ALL.into_iter().filter(|feature| before.has(*feature) != after.has(*feature));
    let features = features.map(|feature| {
        format!("{}: {}.", feature.label(), if after.has(feature) { "included" } else { "no longer included" })
    });
    limits.chain(features).collect()
}
