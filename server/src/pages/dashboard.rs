//! `/t/{tenant}`: the dashboard. While nothing changes it is not even drawn: the whole page is kept, under the
//! tenant's generation, for everything that it depends on.

use app::frame::{Section, TenantFrame};
use app::pages::dashboard::{self, DashboardPage};
use axum::extract::Query;
use axum::response::Response;
use db::dashboards::DashboardQuery;
use db::limits::Usage;
use db::orders::OrderRow;
use db::{DataError, Scope, settings};
use domain::calendar::day_of;
use domain::fields::{FieldErrors, UNKNOWN};
use domain::orders::{OrderQuery, query};
use domain::page::Limit;
use domain::people::MemberRole;
use domain::period::{Comparison, Period, Preset};
use domain::permission::{Permission, Role};
use domain::settings::StoreCalendar;

use super::answer;
use super::cached_page::CachedPage;
use super::dashboard_key::DashboardKey;
use super::filters::{self, NO_STORE, Pairs};
use super::frame::frame;
use super::visit::Visit;
use crate::auth::Member;
use crate::error::PageError;

const LATEST: u64 = 8;
// Every time zone changes its day at a quarter of an hour of UTC: a page that says "today" is not kept beyond one.
const QUARTER_HOUR: i64 = 900;

/// The figures of a period.
///
/// # Errors
/// For strangers, and when PostgreSQL fails.
pub async fn show(member: Member, visit: Visit, Query(typed): Query<Pairs>) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ReadReports)?;
    let asked = read(&typed);
    // What was ignored is told on the page, and nobody comes back for that.
    if !asked.faults.is_empty() {
        let page = Box::pin(read_all(&scope, &member, visit, typed, asked)).await?;
        return Ok(answer::ok(page, dashboard::page).await);
    }
    let cache = scope.db().cache();
    let generation = cache.generation(&scope).await?;
    let quarter = scope.now().timestamp() / QUARTER_HOUR;
    let plan = db::limits::plan(scope.db(), scope.tenant()).await?.generation;
    let numbers = settings::of_tenant(&scope).await?.numbers;
    let key = DashboardKey {
        quarter,
        plan,
        person: member.person.id,
        role: &member.membership.role,
        impersonation: member.impersonator.as_ref().map(|i| (i.impersonation.id, i.impersonation.has_write_access)),
        tenants: member.memberships.len(),
        theme: visit.theme,
        numbers,
        here: &visit.here,
    }
    .to_string();
    // Boxed when it is needed: as part of this future, which is moved about, it costs more than all else while it is not.
    let drawing = async { Box::pin(draw(&scope, &member, visit, typed, asked)).await };
    let page = cache.get_local(&scope, generation, &key, drawing).await?;
    Ok(answer::cached(&page))
}

async fn draw(
    scope: &Scope,
    member: &Member,
    visit: Visit,
    typed: Pairs,
    asked: Asked,
) -> Result<CachedPage, DataError> {
    Ok(CachedPage::draw(read_all(scope, member, visit, typed, asked).await?, dashboard::page).await)
}

async fn read_all(
    scope: &Scope,
    member: &Member,
    visit: Visit,
    typed: Pairs,
    asked: Asked,
) -> Result<DashboardPage, DataError> {
    let Asked { mut query, chosen, mut faults } = asked;
    let frame = frame(scope, member, visit, Section::Home, query.store.clone()).await?;
    if query.store != frame.store {
        faults.add("store", NO_STORE);
        query.store = None;
    }
    let today = day_of(scope.now(), frame.zone);
    let calendar = calendar(scope, &frame, query.store.as_deref()).await?;
    // Where nothing is said about days, the figures are of the usual ones.
    let lit = if query.period.is_none() { chosen.or(Some(Preset::Month)) } else { None };
    query.period = query.period.or(chosen.map(|preset| preset.by(calendar, today)));
    let dashboard = db::dashboards::dashboard(scope, &query).await?;
    let latest = latest(member, &query).await?;
    let attention = db::attention::list(&member.access, query.store.as_deref()).await?;
    let warnings = warnings(member).await?;
    Ok(DashboardPage {
        frame,
        query,
        chosen: lit,
        typed,
        faults,
        dashboard,
        latest,
        attention,
        warnings,
        today,
        calendar,
    })
}

// Roles of a tenant's own may show figures and no orders.
async fn latest(member: &Member, query: &DashboardQuery) -> Result<Option<Vec<OrderRow>>, DataError> {
    let Ok(scope) = member.access.scope(Permission::ReadOrders) else { return Ok(None) };
    let limit = Limit::new(LATEST).unwrap_or_default();
    let newest = OrderQuery { store: query.store.clone(), limit, ..OrderQuery::default() };
    Ok(Some(db::orders::list::list(&scope, &newest).await?.rows))
}

// Owners are told of limits that are near; nobody else can do anything about them.
async fn warnings(member: &Member) -> Result<Vec<Usage>, DataError> {
    if member.membership.role != MemberRole::Fixed(Role::Owner) {
        return Ok(Vec::new());
    }
    db::limits::warnings(&member.access.scope(Permission::ManageStores)?).await
}

// Of the store, or else of the first one.
async fn calendar(scope: &Scope, frame: &TenantFrame, store: Option<&str>) -> Result<StoreCalendar, DataError> {
    let chosen = frame.stores.iter().find(|s| store.is_none_or(|slug| slug == s.slug));
    match chosen {
        Some(store) => Ok(settings::of_store(scope, store).await?.calendar),
        None => Ok(StoreCalendar::default()),
    }
}

// What an address asks for, as far as it could be understood.
#[derive(Debug, Default, PartialEq)]
struct Asked {
    query: DashboardQuery,
    // The period by its name.
    chosen: Option<Preset>,
    faults: FieldErrors,
}

fn read(typed: &Pairs) -> Asked {
    let (mut query, mut chosen) = (DashboardQuery::default(), None);
    let (mut from, mut to) = (None, None);
    let mut faults = FieldErrors::of_pairs(filters::of(typed), |name, value| {
        match name {
            "store" => query.store = Some(value.to_owned()),
            "from" => from = Some(query::day(value)?),
            "to" => to = Some(query::day(value)?),
            "period" => chosen = Some(value.parse::<Preset>()?),
            "compare" => query.compare = value.parse::<Comparison>()?,
            _ => return Err(UNKNOWN.into()),
        }
        Ok(())
    });
    match (from, to) {
        (Some(from), Some(to)) => match Period::new(from, to) {
            Ok(period) => query.period = Some(period),
            Err(message) => {
                faults.add("to", message);
                faults.add("from", query::NO_PERIOD);
            }
        },
        (None, Some(_)) => faults.add("to", "Enter a start date too."),
        (Some(_), None) => faults.add("from", "Enter an end date."),
        (None, None) => {}
    }
    // Days that are spelled out are meant.
    if query.period.is_some() && chosen.take().is_some() {
        faults.add("period", "Remove the period, or remove the dates.");
    }
    Asked { query, chosen, faults }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Pairs {
        text.split('&').filter_map(|p| p.split_once('=')).map(|(n, v)| (n.to_owned(), v.to_owned())).collect()
    }

    #[test]
    fn days_are_read_and_what_cannot_be_used_is_left_out_by_its_name() {
        let asked = read(&pairs("from=2026-03-01&to=2026-03-31&compare=year&store=shop"));
        assert_eq!((asked.query.period.map(Period::days), asked.query.compare), (Some(31), Comparison::Year));
        assert_eq!((asked.chosen, asked.faults.is_empty()), (None, true));
        assert_eq!(read(&pairs("from=&to=")), Asked::default());
        assert_eq!(read(&pairs("period=month")).chosen, Some(Preset::ThisMonth));
        let ignored = |text: &str| read(&pairs(text)).faults.0.into_iter().map(|f| f.field).collect::<Vec<_>>();
        assert_eq!(ignored("from=2026-03-02&to=2026-03-01"), ["to", "from"]);
        assert_eq!(ignored("from=yesterday&to=2026-03-01"), ["from", "to"]);
        assert_eq!(ignored("from=2026-03-01"), ["from"]);
        assert_eq!(ignored("compare=moon&period=fortnight&x=y"), ["compare", "period", "x"]);
        assert_eq!(ignored("from=2026-03-01&to=2026-03-02&period=month"), ["period"]);
        assert_eq!(read(&pairs("compare=moon&store=shop")).query.store.as_deref(), Some("shop"));
    }
}
