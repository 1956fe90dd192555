//! The products of a dashboard: whatever the period, its whole weeks and the days beside them come to what its orders hold.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use db::dashboards::{DashboardQuery, dashboard};
use db::orders::cancel;
use db::orders::place::Placed;
use db::testing::{self, TestDb};
use domain::period::{Comparison, Period};
use domain::permission::Permission;

#[tokio::test]
async fn every_period_sells_what_its_days_sold() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "shop").await;
    let store = testing::store(&access, "north", "Europe/London", "GBP").await;
    let scope = access.scope(Permission::WriteOrders).unwrap();
    let start: DateTime<Utc> = "2026-03-02T11:00:00Z".parse().unwrap();
    // One order a day for five weeks, from a Monday on and over a change of the clocks; each of another size.
    let orders: Vec<_> = (0..35)
        .map(|n| testing::order(&store, &format!("P-{n}"), start + TimeDelta::days(n), 1 + n * n % 11))
        .collect();
    let placed = testing::place_all(&scope, &store, &orders).await;
    let Placed::Stored(gone) = placed[9] else { panic!("{:?}", placed[9]) };
    cancel::cancel(&scope, gone, "by mistake").await.unwrap();
    let sold = |n: u64| if n == 9 { 0 } else { orders[usize::try_from(n).unwrap()].items()[0].quantity };

    let first: NaiveDate = start.date_naive();
    for from in 0..14_u64 {
        for to in (from + 1)..35 {
            let period = Period::new(first + Days::new(from), first + Days::new(to)).unwrap();
            let query = DashboardQuery { store: None, period: Some(period), compare: Comparison::None };
            let shown = dashboard(&scope, &query).await.unwrap();
            let pieces: i64 = (from..=to).map(sold).sum();
            assert_eq!(
                shown.top_products.iter().map(|p| (p.quantity, p.gross)).collect::<Vec<_>>(),
                [(pieces, pieces * 450)],
                "{period:?}"
            );
        }
    }
}
