//! Upkeep of partitions: a table that fails does not stop the other, and what was missed is repaired.

use db::partitions::{Table, steps, upkeep};
use db::testing::{self, TestDb};
use db::{Clock, rollups};
use domain::permission::Permission;
use jobs::partitions::maintain;
use sqlx::{Connection, PgConnection};

use crate::partitions::{NOW, Obstacle, at, listed, stop};
use crate::setup::Shop;

#[tokio::test]
async fn one_failing_table_does_not_stop_the_other() {
    let shop = Shop::with(TestDb::with(Clock::fixed(at("2031-05-01T12:00:00Z")), None).await).await;
    let db = &shop.test.db;
    let mut owner = PgConnection::connect(&shop.test.owner_url).await.unwrap();
    let sql = "select pg_advisory_lock(hashtext('stoa_partitions'), hashtext('orders'))";
    sqlx::query(sql).execute(&mut owner).await.unwrap();
    let done = maintain(db, &stop()).await.unwrap();
    assert_eq!((done.made.len(), done.failed.len()), (3, 3), "{done}");
    assert!(done.failed.iter().all(|f| f.table == Table::Orders));
    let last = upkeep::last(db).await.unwrap();
    assert_eq!(last.iter().map(|u| u.error.is_some()).collect::<Vec<_>>(), [true, false], "{last:?}");
    owner.close().await.unwrap();
    assert!(maintain(db, &stop()).await.unwrap().failed.is_empty());
    assert_eq!(maintain(db, &stop()).await.unwrap().to_string(), "0 partitions created");
    assert!(steps::unanalysed(db, Table::Orders).await.unwrap().is_empty());
}

#[tokio::test]
async fn after_four_quarters_without_upkeep_orders_are_taken_and_all_is_repaired() {
    let clock = Clock::fixed(at(NOW));
    let shop = Shop::with(TestDb::with(clock.clone(), None).await).await;
    let db = &shop.test.db;
    maintain(db, &stop()).await.unwrap();
    assert!(upkeep::pulse(db).await.unwrap().runway_days > 180);
    clock.set(at("2028-02-29T12:00:00Z"));
    let scope = shop.access.scope(Permission::WriteOrders).unwrap();
    let obstacle = Obstacle::on(&shop.test).await;
    for n in 0..30 {
        let order = testing::order(&shop.store, &n.to_string(), clock.now(), 1);
        testing::place_all(&scope, &shop.store, &[order]).await;
    }
    // The alarm is one look away, and there is a look every half minute.
    let alarm = upkeep::pulse(db).await.unwrap();
    assert_eq!((alarm.runway_days, alarm.default_rows), (0, 90));
    obstacle.gone().await;
    let watching = stop();
    let watch = tokio::spawn(jobs::partitions::watch(db.clone(), true, watching.clone()));
    let repaired = async || {
        let pulse = upkeep::pulse(db).await.unwrap();
        (pulse.default_rows == 0 && pulse.runway_days > 180).then_some(())
    };
    testing::eventually("all is repaired", repaired).await;
    watching.cancel();
    watch.await.unwrap();
    assert_eq!(listed(&scope).await.len(), 30);
    assert_eq!(rollups::verify(&scope).await.unwrap(), []);
}
