//! `/t/{tenant}`: the dashboard. While nothing changes it is not even rendered: the whole page is kept, under the
//! tenant's generation, for everything that it depends on.

use app::document::Rendered;
use app::frame::{Section, TenantFrame};
use app::pages::dashboard::{self, DashboardPage};
use axum::extract::{Query, State};
use axum::response::Response;
use db::dashboards::DashboardQuery;
use db::limits::Usage;
use db::orders::OrderRow;
use db::{DataError, Scope, settings};
use domain::calendar::{Tz, day_of};
use domain::fields::FieldErrors;
use domain::numbers::NumberFormat;
use domain::orders::{OrderQuery, query};
use domain::page::Limit;
use domain::people::MemberRole;
use domain::period::{Comparison, Period};
use domain::permission::{Permission, Role};
use domain::settings::StoreCalendar;

use super::answer;
use super::frame::frame;
use super::visit::Visit;
use crate::auth::Member;
use crate::error::PageError;
use crate::state::AppState;

type Pairs = Vec<(String, String)>;

const LATEST: u64 = 8;
// Every time zone changes its day at a quarter of an hour of UTC: a page that says "today" is not kept beyond one.
const QUARTER_HOUR: i64 = 900;

/// The figures of a period.
///
/// # Errors
/// For strangers, unknown stores, and when PostgreSQL fails.
pub async fn show(
    State(state): State<AppState>,
    member: Member,
    visit: Visit,
    Query(pairs): Query<Pairs>,
) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ReadReports)?;
    let query = match read(&pairs) {
        Ok(query) => query,
        Err(faults) => {
            return Ok(answer::faulty(&Box::pin(with_faults(&scope, &member, visit, &pairs, faults)).await?));
        }
    };
    let cache = scope.db().cache();
    let generation = cache.generation(&scope).await?;
    let quarter = state.db.clock().now().timestamp() / QUARTER_HOUR;
    let plan = db::limits::plan(&state.db, scope.tenant()).await?.generation;
    let numbers = settings::of_tenant(&scope).await?.numbers;
    let key = key(&member, &visit, numbers, (quarter, plan));
    // Boxed when it is needed: as part of this future, which is moved about, it costs more than all else while it is not.
    let drawing = async { Box::pin(render(&scope, &member, visit, query)).await };
    let page = cache.get_local(&scope, generation, &key, drawing).await?;
    Ok(answer::ok(&page))
}

// Whatever the page says beside figures: who looks, as what, in which theme, under which address, what the tenant is allowed,
// and how it writes numbers.
fn key(member: &Member, visit: &Visit, numbers: NumberFormat, (quarter, plan): (i64, i64)) -> String {
    let (person, role, theme) = (member.person.id, member.membership.role.code(), visit.theme.as_str());
    // What the strip at the top says of it.
    let look = member.look.as_ref().map(|l| (l.impersonation.id, l.impersonation.is_raised));
    let tenants = member.memberships.len();
    format!("page:dashboard:{quarter}:{plan}:{person}:{role}:{look:?}:{tenants}:{theme}:{numbers}:{}", visit.here)
}

async fn render(scope: &Scope, member: &Member, visit: Visit, query: DashboardQuery) -> Result<Rendered, DataError> {
    let frame = frame(scope, member, visit, Section::Home, query.store.clone()).await?;
    // None of them needs another, and PostgreSQL has a core for more than one.
    let (dashboard, latest, attention, warnings) = tokio::try_join!(
        db::dashboards::dashboard(scope, &query),
        latest(member, &query),
        db::attention::list(&member.access, query.store.as_deref()),
        warnings(member),
    )?;
    let today = dashboard.today;
    let calendar = calendar(scope, &frame, query.store.as_deref()).await?;
    Ok(dashboard::page(DashboardPage {
        frame,
        query,
        typed: Default::default(),
        faults: FieldErrors::default(),
        dashboard: Some(dashboard),
        latest,
        attention,
        warnings,
        today,
        calendar,
    }))
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

async fn with_faults(
    scope: &Scope,
    member: &Member,
    visit: Visit,
    pairs: &Pairs,
    faults: FieldErrors,
) -> Result<Rendered, DataError> {
    let typed = |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default();
    // What could be understood stays chosen.
    let store = Some(typed("store")).filter(|store| !store.is_empty());
    let compare = typed("compare").parse().unwrap_or_default();
    let frame = frame(scope, member, visit, Section::Home, store.clone()).await?;
    // The days of the store, or else of the first one, as the figures would have them.
    let mut stores = frame.stores.iter().filter(|s| store.as_ref().is_none_or(|slug| *slug == s.slug));
    let today = day_of(scope.now(), stores.next().map_or(Tz::UTC, |s| s.zone));
    let calendar = calendar(scope, &frame, store.as_deref()).await?;
    Ok(dashboard::page(DashboardPage {
        frame,
        query: DashboardQuery { store, compare, ..DashboardQuery::default() },
        typed: (typed("from"), typed("to")),
        faults,
        dashboard: None,
        latest: Some(Vec::new()),
        attention: Vec::new(),
        warnings: Vec::new(),
        today,
        calendar,
    }))
}

// Of the store, or else of the first one.
async fn calendar(scope: &Scope, frame: &TenantFrame, store: Option<&str>) -> Result<StoreCalendar, DataError> {
    let chosen = frame.stores.iter().find(|s| store.is_none_or(|slug| slug == s.slug));
    match chosen {
        Some(store) => Ok(settings::of_store(scope, store).await?.calendar),
        None => Ok(StoreCalendar::default()),
    }
}

fn read(pairs: &Pairs) -> Result<DashboardQuery, FieldErrors> {
    let mut faults = FieldErrors::default();
    let mut found = DashboardQuery::default();
    let (mut from, mut to) = (None, None);
    for (name, value) in pairs.iter().map(|(n, v)| (n.as_str(), v.trim())).filter(|(_, v)| !v.is_empty()) {
        let result = match name {
            "store" => {
                found.store = Some(value.to_owned());
                Ok(())
            }
            "from" => query::day(value).map(|day| from = Some(day)),
            "to" => query::day(value).map(|day| to = Some(day)),
            "compare" => value.parse::<Comparison>().map(|with| found.compare = with).map_err(str::to_owned),
            _ => Ok(()),
        };
        if let Err(message) = result {
            faults.add(name, message);
        }
    }
    match (from, to) {
        (Some(from), Some(to)) => match Period::new(from, to) {
            Ok(period) => found.period = Some(period),
            Err(message) => faults.add("to", message),
        },
        (None, Some(_)) => faults.add_if(faults.is_empty(), "from", "must be a day when there is a last one"),
        (Some(_), None) => faults.add_if(faults.is_empty(), "to", "must be a day when there is a first one"),
        (None, None) => {}
    }
    faults.into_result(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Pairs {
        text.split('&').filter_map(|p| p.split_once('=')).map(|(n, v)| (n.to_owned(), v.to_owned())).collect()
    }

    #[test]
    fn days_are_read_and_their_faults_are_named() {
        let query = read(&pairs("from=2026-03-01&to=2026-03-31&compare=year&store=shop")).unwrap();
        assert_eq!((query.period.map(Period::days), query.compare), (Some(31), Comparison::Year));
        assert_eq!(read(&pairs("from=&to=")).unwrap(), DashboardQuery::default());
        let field = |text: &str| read(&pairs(text)).unwrap_err().0[0].field.clone();
        assert_eq!(field("from=2026-03-02&to=2026-03-01"), "to");
        assert_eq!(field("from=yesterday&to=2026-03-01"), "from");
        assert_eq!(field("from=2026-03-01"), "to");
        assert_eq!(field("compare=moon"), "compare");
    }
}
