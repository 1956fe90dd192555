//! What surrounds the pages of a tenant.

use app::frame::{Live, Section, TenantFrame};
use db::{DataError, Scope, settings, stores};

use super::visit::Visit;
use crate::auth::Member;

/// The frame of a page in `section`. `store` is the slug of the store that the page is about. Where the page shows
/// new orders when it is loaded again, that is what the live pill offers.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn frame(
    scope: &Scope,
    member: &Member,
    visit: Visit,
    section: Section,
    store: Option<String>,
) -> Result<TenantFrame, DataError> {
    // Asked for before anything else is read: what comes in meanwhile is announced rather than lost.
    let after = scope.db().cache().generation(scope).await?;
    let stores = stores::known(scope).await?;
    let shows_orders = matches!(section, Section::Home | Section::Orders);
    let show = shows_orders.then(|| visit.here.clone());
    let numbers = settings::of_tenant(scope).await?.numbers;
    Ok(TenantFrame {
        visitor: visit.of(&member.person),
        membership: member.membership.clone(),
        many_tenants: member.memberships.len() > 1,
        stores,
        store,
        section,
        live: Live { after, show },
        numbers,
    })
}
