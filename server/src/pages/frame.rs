//! What surrounds the pages of a tenant.

use app::frame::{Live, Section, TenantFrame};
use db::{DataError, Scope, settings, stores};

use super::visit::Visit;
use crate::auth::Member;

/// The frame of a page in `section`. `store` is the slug of the store that the page is about, if there is such a store; its
/// zone is that of the page. Where the page shows
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
    let stores = stores::known_with(scope, store.as_deref()).await?;
    // One that is not there any more is ignored, as every other filter that cannot be used.
    let store = store.filter(|slug| stores.iter().any(|known| known.slug == *slug));
    let shown = stores.iter().find(|known| store.as_deref() == Some(known.slug.as_str())).map(|known| known.zone);
    let zone = match shown {
        Some(zone) => zone,
        None => stores::account_zone(scope).await?,
    };
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
        live: Live { after, show, count: None },
        numbers,
        zone,
        now: scope.now(),
    })
}
