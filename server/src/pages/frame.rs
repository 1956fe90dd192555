//! What surrounds the pages of a tenant.

use app::frame::{Live, Section, TenantFrame};
use db::{DataError, Scope, settings, stores};
use domain::permission::Permission;

use super::visit::Visit;
use crate::auth::Member;
use crate::error::PageError;
use crate::events::audience;

/// The frame around the news that something below `path`, an address within the tenant, cannot be shown. It follows no feed,
/// and says the same about everything that is not there.
///
/// # Errors
/// For members without any right, and when PostgreSQL fails.
pub async fn around_error(member: &Member, path: &str, visit: Visit) -> Result<TenantFrame, PageError> {
    let right = Permission::ALL.into_iter().find(|p| member.may(*p)).ok_or(PageError::Forbidden)?;
    let scope = member.scope(right)?;
    let mut frame = frame(&scope, member, visit, Section::of(path), None).await?;
    frame.live = Live { after: 0, audience: None, show: None, count: None };
    Ok(frame)
}

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
    // Roles of a tenant's own may see pages and hear nothing.
    let audience = member.may(Permission::ReadEvents).then(|| audience(member));
    Ok(TenantFrame {
        visitor: visit.of(&member.person),
        membership: member.membership.clone(),
        many_tenants: member.memberships.len() > 1,
        stores,
        store,
        section,
        live: Live { after, audience, show, count: None },
        numbers,
        zone,
        now: scope.now(),
    })
}
