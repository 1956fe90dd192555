//! Webhooks by whole workers: heard of without the timetable, and sent again when a worker dies with them.

use std::sync::Arc;
use std::time::Duration;

use db::testing::{self, Process, TestDb, told};
use db::webhooks::NewWebhook;
use db::{Clock, ConnectOptions, Db, webhooks};
use domain::permission::Permission;
use jobs::Tools;
use jobs::reach::Reach;
use jobs::registry::KINDS;
use jobs::webhooks::Courier;
use jobs::worker::Options;
use tokio_util::sync::CancellationToken;

use super::receiver::{Answer, Receiver};
use super::sealer;

const URL: &str = "STOA_TEST_WEBHOOKS_URL";

fn options() -> Options {
    let _first = rustls::crypto::ring::default_provider().install_default();
    let courier = Courier::new(Reach::Everywhere, sealer()).unwrap();
    let tools = Tools { courier: Some(courier), ..Tools::new(std::env::temp_dir()) };
    Options { kinds: KINDS, ..crate::work::options_with(Arc::new(tools)) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_whose_worker_dies_is_sent_again_under_the_same_name() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "ours").await;
    let store = testing::store(&access, "north", "Europe/London", "GBP").await;
    let scope = access.scope(Permission::ManageKeys).unwrap();
    let receiver = Receiver::start(|n| if n == 0 { Answer::Silence } else { Answer::Status(200, "") }).await;
    let new = NewWebhook { url: receiver.url(), ..NewWebhook::default() };
    let made = webhooks::create(&scope, &sealer(), &new).await.unwrap();
    let worker = Process::start(testing::child("webhooks::workers::child").env(URL, &db.url));
    let seen = "select count(*) from job_workers where state = 'working'";
    crate::work::until(&db, seen, 1, crate::work::MINUTE).await;
    // Heard of over NOTIFY: no timetable runs here.
    testing::place_all(&scope, &store, &[testing::order(&store, "A-1", db.db.clock().now(), 1)]).await;
    receiver.wait_for(1).await;
    drop(worker);
    let stop = CancellationToken::new();
    let running = tokio::spawn(jobs::worker::run(db.db.clone(), options(), stop.clone()));
    let got = receiver.wait_for(2).await;
    assert_eq!((got[0].id(), &got[0].body), (got[1].id(), &got[1].body));
    assert!(got.iter().all(|message| message.is_signed(&made.secret)));

    // And what happens here is heard of here.
    testing::place_all(&scope, &store, &[testing::order(&store, "A-2", db.db.clock().now(), 1)]).await;
    let got = receiver.wait_for(3).await;
    assert_ne!(got[2].id(), got[1].id());
    stop.cancel();
    running.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "not a test: started and killed by one"]
async fn child() {
    let connect = ConnectOptions { url: told(URL), pool: 5, redis_url: None, clock: Clock::System };
    let db = Db::connect(connect).await.unwrap();
    tokio::spawn(db::feed::listen(db.clone()));
    jobs::worker::run(db, options(), CancellationToken::new()).await;
}

#[tokio::test]
async fn the_schedule_dispatches_events_without_notifications() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "ours").await;
    let store = testing::store(&access, "north", "Europe/London", "GBP").await;
    let scope = access.scope(Permission::ManageKeys).unwrap();
    let new = NewWebhook { url: "https://receiver.test".into(), ..NewWebhook::default() };
    let made = webhooks::create(&scope, &sealer(), &new).await.unwrap();
    testing::place_all(&scope, &store, &[testing::order(&store, "A-1", db.db.clock().now(), 1)]).await;
    let tools = Arc::new(Tools::new(std::env::temp_dir()));
    let said = jobs::run_named(&db.db, &tools, "webhooks").await.unwrap();
    assert_eq!(said, "1 tenants queued");
    let jobs = "select count(*) from jobs where kind = 'dispatch_webhooks' and queue = 'webhooks'";
    assert_eq!(db.scalar(jobs).await, 1);
    tokio::time::timeout(Duration::from_secs(60), async {
        let stop = CancellationToken::new();
        let running = tokio::spawn(jobs::worker::run(db.db.clone(), options(), stop.clone()));
        crate::work::until(&db, "select count(*) from jobs where kind = 'deliver_webhook'", 1, crate::work::MINUTE)
            .await;
        stop.cancel();
        running.await.unwrap();
    })
    .await
    .unwrap();
    assert_eq!(webhooks::show(&scope, made.id).await.unwrap().behind, 0);
}
