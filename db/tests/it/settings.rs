//! Settings of stores and tenants: typed, recorded, at hand, and moved on at once when somebody edits them.

use std::time::Duration;

use db::settings::{change, change_tenant, of_store, of_tenant};
use db::testing::{self, TestDb};
use db::{Access, DataError, Scope, stores};
use domain::numbers::NumberFormat;
use domain::permission::Permission;
use domain::settings::TenantForm;

fn scope(access: &Access) -> Scope {
    access.scope(Permission::ManageStores).unwrap()
}

fn form(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
}

#[tokio::test]
async fn the_zone_is_fixed_from_the_first_order_on_and_the_rest_is_not() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "ours").await;
    testing::store(&access, "north", "Europe/London", "GBP").await;
    let scope = scope(&access);
    change(&scope, "north", &form(&[("time_zone", "Asia/Kathmandu"), ("name", "Nord")])).await.unwrap();
    let tx = scope.begin().await.unwrap();
    let store = stores::by_slug(&tx, "north").await.unwrap();
    tx.end();
    assert_eq!((store.zone.name(), store.name.as_str()), ("Asia/Kathmandu", "Nord"));
    let writing = access.scope(Permission::WriteOrders).unwrap();
    testing::place_all(&writing, &store, &[testing::order(&store, "1", db.db.clock().now(), 1)]).await;
    let both = form(&[("time_zone", "UTC"), ("name", "South"), ("week_start", "9")]);
    let DataError::Invalid(faults) = change(&scope, "north", &both).await.unwrap_err() else { panic!("it is invalid") };
    assert_eq!(faults.0.iter().map(|f| f.field.as_str()).collect::<Vec<_>>(), ["week_start", "time_zone"]);
    assert_eq!(of_store(&scope, &store).await.unwrap().name, "Nord", "nothing was changed");
    change(&scope, "north", &form(&[("name", "South"), ("summary", "a@b.test"), ("summary_hour", "9")])).await.unwrap();
    let settings = of_store(&scope, &store).await.unwrap();
    assert_eq!((settings.name.as_str(), settings.summary_hour, settings.summary.addresses().len()), ("South", 9, 1));
    assert!(matches!(change(&scope, "elsewhere", &both).await, Err(DataError::NotFound("store"))));
    assert!(db::rollups::verify(&access.scope(Permission::ReadReports).unwrap()).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_summary_comes_at_the_hour_that_was_chosen() {
    let clock = db::Clock::fixed("2026-07-01T05:00:00Z".parse().unwrap());
    let db = TestDb::with(clock.clone(), None).await;
    let access = testing::tenant(&db.db, "ours").await;
    let store = testing::store(&access, "north", "Europe/London", "GBP").await;
    let scope = scope(&access);
    change(&scope, "north", &form(&[("summary", "a@b.test"), ("summary_hour", "9")])).await.unwrap();
    let due = async |at: &str| {
        clock.set(at.parse().unwrap());
        let tx = scope.begin().await.unwrap();
        let day = db::summaries::day_to_tell(&tx, &store).await.unwrap();
        tx.end();
        let platform = db::platform::Platform::command(db.db.clone());
        let listed = db::summaries::due(&platform, db.db.clock().now(), 10).await.unwrap().len();
        (listed, day.map(|day| day.to_string()))
    };
    // Seven and nine of London's clock in summer.
    assert_eq!(due("2026-07-01T06:30:00Z").await.0, 0);
    assert_eq!(due("2026-07-01T08:00:00Z").await, (1, Some("2026-06-30".to_owned())));
    clock.set("2026-07-01T07:00:00Z".parse().unwrap());
    change(&scope, "north", &form(&[("summary_hour", "22")])).await.unwrap();
    assert_eq!(due("2026-07-01T08:00:00Z").await.0, 0);
    assert_eq!(due("2026-07-01T21:00:00Z").await.0, 1);
}

#[tokio::test]
async fn ordinary_use_finds_settings_at_hand_and_an_edit_elsewhere_moves_them_on() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "ours").await;
    let store = testing::store(&access, "north", "UTC", "GBP").await;
    let other = db.another(None).await;
    tokio::spawn(db::feed::listen(db.db.clone()));
    let listening = async || {
        // Nobody hears before the connection is there; what is known then is forgotten once.
        of_store(&scope(&access), &store).await.unwrap();
        // Longer than settings count as known where no announcements are heard.
        tokio::time::sleep(Duration::from_millis(600)).await;
        let before = db.db.known().settings.reads().1;
        of_store(&scope(&access), &store).await.unwrap();
        db.db.known().settings.reads().1 == before
    };
    testing::eventually("announcements are heard", async || listening().await.then_some(())).await;
    let writing = access.scope(Permission::WriteOrders).unwrap();
    let elsewhere = Access::command(other, access.tenant());
    let (hits, misses) = db.db.known().settings.reads();
    for n in 0..300 {
        if n % 100 == 50 {
            let name = format!("North {n}");
            change(
                &scope(&elsewhere),
                "north",
                &form(&[("name", "x"), ("week_start", "1"), ("summary_hour", &(n / 100 + 1).to_string())]),
            )
            .await
            .unwrap();
            let hour = u8::try_from(n / 100 + 1).unwrap();
            testing::within_a_second(&format!("the edit of {name} is known"), async || {
                of_store(&scope(&access), &store).await.unwrap().summary_hour == hour
            })
            .await;
        }
        if n % 10 == 0 {
            let order = testing::order(&store, &n.to_string(), db.db.clock().now(), 1);
            testing::place_all(&writing, &store, &[order]).await;
        }
        of_store(&scope(&access), &store).await.unwrap();
    }
    let (hits, misses) = (db.db.known().settings.reads().0 - hits, db.db.known().settings.reads().1 - misses);
    assert!(hits * 100 > (hits + misses) * 95, "{hits} of {} at hand", hits + misses);
    assert!(misses >= 3, "every edit was read: {misses}");
}

#[tokio::test]
async fn settings_of_a_tenant_are_at_hand_and_an_edit_elsewhere_moves_them_on() {
    let db = TestDb::new().await;
    let (ours, theirs) = (testing::tenant(&db.db, "ours").await, testing::tenant(&db.db, "theirs").await);
    let elsewhere = scope(&Access::command(db.another(None).await, ours.tenant()));
    let (here, foreign) = (scope(&ours), scope(&theirs));
    tokio::spawn(db::feed::listen(db.db.clone()));
    let listening = async || {
        of_tenant(&here).await.unwrap();
        // Longer than settings count as known where no announcements are heard.
        tokio::time::sleep(Duration::from_millis(600)).await;
        let before = db.db.known().settings.reads().1;
        of_tenant(&here).await.unwrap();
        db.db.known().settings.reads().1 == before
    };
    testing::eventually("announcements are heard", async || listening().await.then_some(())).await;
    let (hits, misses) = db.db.known().settings.reads();
    for n in 0..400 {
        if n % 100 == 50 {
            let format = NumberFormat::ALL[(n / 100 + 1) % 4];
            let days = (30 + n).to_string();
            let chosen = form(&[("numbers", format.as_str()), ("event_days", &days), ("hour", "22")]);
            change_tenant(&elsewhere, TenantForm::General, &chosen).await.unwrap();
            testing::within_a_second("the edit is known", async || {
                of_tenant(&here).await.unwrap().event_days.to_string() == days
            })
            .await;
            let settings = of_tenant(&here).await.unwrap();
            assert_eq!((settings.numbers, settings.backup_hour), (format, 3), "the hour belongs to another form");
        }
        of_tenant(&here).await.unwrap();
        assert_eq!(of_tenant(&foreign).await.unwrap().event_days, 90);
    }
    let (hits, misses) = (db.db.known().settings.reads().0 - hits, db.db.known().settings.reads().1 - misses);
    assert!(hits * 100 > (hits + misses) * 95, "{hits} of {} at hand", hits + misses);
    assert!(misses >= 5, "every edit was read, and the other tenant's once: {misses}");
    let DataError::Invalid(faults) =
        change_tenant(&here, TenantForm::General, &form(&[("numbers", "roman"), ("event_days", "1")]))
            .await
            .unwrap_err()
    else {
        panic!("it is invalid")
    };
    assert_eq!(faults.0.iter().map(|f| f.field.as_str()).collect::<Vec<_>>(), ["numbers", "event_days"]);
    assert_eq!(of_tenant(&here).await.unwrap().event_days, 380, "nothing was changed");
}
