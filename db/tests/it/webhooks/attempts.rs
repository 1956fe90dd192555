//! Deliveries and what comes of attempts at them.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use db::Clock;
use db::sealing::Sealer;
use db::testing::{self, TestDb};
use db::webhooks::{self, Begun, Ended, Reply, Resume};
use domain::ids::DeliveryId;
use domain::page::Limit;
use domain::webhooks::{DeliveryQuery, DeliveryState, Wanted, WebhookState};

use super::{make, place, read, scope, sealer, told};

#[tokio::test]
async fn a_webhook_that_fails_for_days_is_switched_off_and_its_owners_are_told() {
    let clock = Clock::fixed("2026-11-20T12:00:00Z".parse().unwrap());
    let db = TestDb::with(clock.clone(), None).await;
    let access = testing::tenant(&db.db, "ours").await;
    let store = testing::store(&access, "north", "Europe/London", "GBP").await;
    let scope = scope(&access);
    let id = make(&scope, Wanted::default()).await;
    place(&scope, &store, 0..11).await;
    read(&scope).await;
    let refused = Reply { at: clock.now(), ms: 3, status: Some(500), answer: "no\0 room".into(), error: None };
    let attempt = async |delivery: DeliveryId| {
        let Begun::Send(call) = webhooks::begin(&scope, &sealer(), delivery).await.unwrap() else { panic!("not due") };
        webhooks::finish(&scope, &call, &refused, 0, |off| {
            assert_eq!((off.tenant.as_str(), off.webhook), ("ours", id));
            Vec::new()
        })
        .await
        .unwrap()
    };
    let all = told(&scope, id).await;
    for delivery in &all[..9] {
        assert_eq!(attempt(delivery.id).await, Ended::Again(clock.now() + TimeDelta::minutes(1)));
    }
    let since = webhooks::show(&scope, id).await.unwrap().failing_since;
    assert_eq!(since, Some(clock.now()));
    clock.set(clock.now() + TimeDelta::days(3));
    attempt(all[0].id).await;
    assert_eq!(webhooks::show(&scope, id).await.unwrap().state, WebhookState::Live, "nine are no ten");
    attempt(all[9].id).await;
    let off = webhooks::show(&scope, id).await.unwrap();
    assert_eq!((off.state, off.failing_since, off.last_ok), (WebhookState::Off, since, Some(false)));
    assert_eq!(off.reason.as_deref(), Some("All deliveries have failed since 20 November 2026, 12:00 UTC."));
    let found = told(&scope, id).await;
    let first = found.iter().find(|d| d.id == all[0].id).unwrap();
    assert_eq!((first.attempts.len(), first.attempts[0].answer.as_str()), (2, "no\u{fffd} room"));
    assert!(matches!(webhooks::begin(&scope, &sealer(), all[10].id).await.unwrap(), Begun::Nothing(_)));
    let owner = db.owner(access.tenant()).await;
    let noted: i64 =
        sqlx::query_scalar("select count(*) from audit_entries where action = 'webhook.off' and actor = 'command'")
            .fetch_one(&owner)
            .await
            .unwrap();
    assert_eq!(noted, 1);
    webhooks::resume(&scope, id, Resume::WhereItStopped).await.unwrap();
    assert_eq!(webhooks::show(&scope, id).await.unwrap().failing_since, None);
}

#[tokio::test]
async fn a_redelivery_starts_over_and_results_of_older_attempts_are_ignored() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "ours").await;
    let store = testing::store(&access, "north", "Europe/London", "GBP").await;
    let scope = scope(&access);
    let id = make(&scope, Wanted::default()).await;
    place(&scope, &store, 0..1).await;
    read(&scope).await;
    let delivery = told(&scope, id).await[0].id;
    let call = async || match webhooks::begin(&scope, &sealer(), delivery).await.unwrap() {
        Begun::Send(call) => call,
        other => panic!("{other:?}"),
    };
    let good = Reply { at: db.db.clock().now(), status: Some(204), ..Reply::default() };
    let (one, other) = (call().await, call().await);
    assert_eq!(webhooks::finish(&scope, &one, &good, 0, |_| Vec::new()).await.unwrap(), Ended::Delivered);
    assert_eq!(webhooks::finish(&scope, &other, &good, 0, |_| Vec::new()).await.unwrap(), Ended::Superseded);
    assert!(matches!(webhooks::begin(&scope, &sealer(), delivery).await.unwrap(), Begun::Nothing(_)));
    webhooks::again(&scope, id, delivery).await.unwrap();
    let again = call().await;
    assert_eq!((again.tries, again.delivery, &again.body), (1, one.delivery, &one.body));
    let query = DeliveryQuery { state: Some(DeliveryState::Waiting), cursor: None };
    assert_eq!(webhooks::deliveries(&scope, id, &query, Limit::default()).await.unwrap().rows.len(), 1);

    // Secrets: both sign for a day.
    assert_eq!(again.secrets.len(), 1);
    let made = webhooks::rotate(&scope, &sealer(), id).await.unwrap();
    let both = call().await.secrets;
    assert_eq!((both.len(), both[0].text(), &both[1]), (2, made.secret, &again.secrets[0]));
    let owner = db.owner(access.tenant()).await;
    let sealed: Vec<u8> = sqlx::query_scalar("select secret from webhooks").fetch_one(&owner).await.unwrap();
    assert!(!sealed.windows(5).any(|part| part == b"whsec"));
    sqlx::query("update webhooks set old_until = now() - interval '1 second'").execute(&owner).await.unwrap();
    assert_eq!(call().await.secrets.len(), 1);
    let other = Sealer::new(b"another secret").unwrap();
    let Begun::Send(unsigned) = webhooks::begin(&scope, &other, delivery).await.unwrap() else { panic!("it is due") };
    assert!(unsigned.secrets.is_empty());
}

#[tokio::test]
async fn deliveries_of_a_month_ago_are_deleted_or_given_up() {
    let clock = Clock::fixed("2026-11-20T12:00:00Z".parse().unwrap());
    let db = TestDb::with(clock.clone(), None).await;
    let access = testing::tenant(&db.db, "ours").await;
    let store = testing::store(&access, "north", "Europe/London", "GBP").await;
    let scope = scope(&access);
    let id = make(&scope, Wanted::default()).await;
    place(&scope, &store, 0..2).await;
    read(&scope).await;
    let first = told(&scope, id).await[0].id;
    let Begun::Send(call) = webhooks::begin(&scope, &sealer(), first).await.unwrap() else { panic!("it is due") };
    let good = Reply { at: clock.now(), status: Some(200), ..Reply::default() };
    webhooks::finish(&scope, &call, &good, 0, |_| Vec::new()).await.unwrap();
    let states = async || {
        let counted = told(&scope, id).await.into_iter().fold(BTreeMap::new(), |mut counts, delivery| {
            *counts.entry(delivery.state.as_str()).or_insert(0) += 1;
            counts
        });
        counted.into_iter().collect::<Vec<(&str, i32)>>()
    };
    let month = TimeDelta::days(30);
    assert_eq!(webhooks::prune(&scope, clock.now() - TimeDelta::seconds(1)).await.unwrap(), 0);
    assert_eq!(states().await, [("delivered", 1), ("waiting", 1)]);
    clock.set(clock.now() + month + TimeDelta::seconds(1));
    assert_eq!(webhooks::prune(&scope, clock.now() - month).await.unwrap(), 1);
    assert_eq!(states().await, [("failed", 1)]);
    clock.set(clock.now() + month + TimeDelta::seconds(1));
    assert_eq!(webhooks::prune(&scope, clock.now() - month).await.unwrap(), 1);
    assert_eq!(states().await, []);
}
