//! The cache of tenants whose people are here is filled before they ask.

use std::time::Duration;

use chrono::TimeDelta;
use db::dashboards::{DashboardQuery, dashboard};
use db::platform::Platform;
use db::sessions::{StoredSession, save};
use db::testing::{self, TestDb};
use db::{Access, Clock, Db};
use domain::permission::{Permission, Role};
use jobs::cache::{Limits, Report, warm};
use tokio_util::sync::CancellationToken;

/// A tenant with an order and a member who was here now.
async fn busy(db: &Db, slug: &str) -> Access {
    let access = testing::tenant(db, slug).await;
    let store = testing::store(&access, "main", "UTC", "GBP").await;
    let scope = access.scope(Permission::WriteOrders).unwrap();
    testing::place_all(&scope, &store, &[testing::order(&store, "1", scope.now(), 1)]).await;
    let passwords = db::people::passwords::Passwords::new(1).unwrap();
    let email = format!("{slug}@stoa.test");
    let person = db::people::create(db, &passwords, &email, "a long enough password", false).await.unwrap();
    db::people::set_role(&access, person, Role::Owner).await.unwrap();
    let expires_at = db.clock().now() + TimeDelta::hours(2);
    let session = StoredSession { data: serde_json::json!({}), expires_at };
    save(db, slug.as_bytes(), Some(person), &session).await.unwrap();
    access
}

async fn run(db: &Db, limits: Limits) -> Report {
    warm(db, limits, &CancellationToken::new()).await.unwrap()
}

/// How many dashboards a look computes, and with how many statements.
async fn look(db: &Db, access: &Access) -> (u64, u64) {
    let scope = Access::job(db.clone(), access.tenant()).scope(Permission::ReadReports).unwrap();
    let before = (db.cache().computed(), db.statements());
    let seen = dashboard(&scope, &DashboardQuery::default()).await.unwrap();
    assert_eq!(seen.currencies[0].now.orders, 1);
    (db.cache().computed() - before.0, db.statements() - before.1)
}

#[tokio::test]
async fn the_first_look_at_a_warmed_dashboard_is_a_hit() {
    let clock = Clock::fixed("2026-11-20T12:00:00Z".parse().unwrap());
    let test = TestDb::with(clock.clone(), Some(testing::redis_url())).await;
    let (db, access) = (&test.db, busy(&test.db, "here").await);
    assert_eq!(run(db, Limits::default()).await, Report { tenants: 1, computed: 1, left_out: 0 });
    let (computed, statements) = look(db, &access).await;
    assert_eq!(computed, 0);
    assert!(statements <= 2, "at most the tenant's generation is asked for: {statements}");
    assert_eq!(run(db, Limits::default()).await.computed, 0, "twice computes once");
    // Another process finds it in Redis.
    let other = test.another(Some(testing::redis_url())).await;
    assert_eq!(look(&other, &access).await.0, 0);
    // The next quarter of an hour needs another one; without warming the first look pays for it.
    clock.set(clock.now() + TimeDelta::minutes(15));
    assert_eq!(look(db, &access).await.0, 1);
}

#[tokio::test]
async fn only_tenants_with_people_here_are_warmed_and_no_more_than_allowed() {
    let clock = Clock::fixed("2026-11-20T12:00:00Z".parse().unwrap());
    let test = TestDb::with(clock.clone(), None).await;
    let db = &test.db;
    busy(db, "gone").await;
    clock.set(clock.now() + TimeDelta::minutes(31));
    let mut here = Vec::new();
    for slug in ["first", "second", "third", "suspended"] {
        here.push(busy(db, slug).await.tenant());
        clock.set(clock.now() + TimeDelta::seconds(1));
    }
    testing::tenant(db, "empty").await;
    let platform = Platform::command(db.clone());
    platform.suspend("suspended", "unpaid").await.unwrap();
    let since = clock.now() - TimeDelta::minutes(30);
    assert_eq!(platform.busy_tenants(since, 10).await.unwrap(), [here[2], here[1], here[0]], "the latest seen first");
    assert_eq!(run(db, Limits { tenants: 2, ..Limits::default() }).await.tenants, 2);
    let no_time = Limits { time: Duration::ZERO, ..Limits::default() };
    assert_eq!(run(db, no_time).await, Report { tenants: 0, computed: 0, left_out: 3 });
    assert_eq!(run(db, Limits::default()).await, Report { tenants: 3, computed: 1, left_out: 0 });
}
