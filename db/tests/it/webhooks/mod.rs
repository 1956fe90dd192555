//! Webhooks as rows: the feed read into deliveries once and in order, whoever reads; rests, gaps, and whose they are.

mod attempts;

use chrono::TimeDelta;
use db::platform::Platform;
use db::sealing::Sealer;
use db::stores::Store;
use db::testing::{self, TestDb};
use db::webhooks::{self, Begun, NewWebhook, Resume};
use db::{Access, DataError, Scope};
use domain::feed::EventKind;
use domain::ids::WebhookId;
use domain::page::Limit;
use domain::permission::Permission;
use domain::webhooks::{DeliveryQuery, Wanted};
use serde_json::Value;

pub fn sealer() -> Sealer {
    Sealer::new(b"a secret of the server").unwrap()
}

pub fn scope(access: &Access) -> Scope {
    access.scope(Permission::ManageKeys).unwrap()
}

fn new(wanted: Wanted) -> NewWebhook {
    NewWebhook { url: "https://receiver.test/stoa".into(), description: "The books".into(), wanted }
}

async fn make(scope: &Scope, wanted: Wanted) -> WebhookId {
    webhooks::create(scope, &sealer(), &new(wanted)).await.unwrap().id
}

async fn place(scope: &Scope, store: &Store, numbers: std::ops::Range<usize>) {
    let at = scope.now() - TimeDelta::hours(1);
    for n in numbers {
        testing::place_all(scope, store, &[testing::order(store, &format!("W-{n}"), at, 1)]).await;
    }
}

async fn told(scope: &Scope, id: WebhookId) -> Vec<db::webhooks::Delivery> {
    let most = Limit::new(200).unwrap();
    let mut page = webhooks::deliveries(scope, id, &DeliveryQuery::default(), most).await.unwrap();
    page.rows.reverse();
    page.rows
}

async fn read(scope: &Scope) {
    while webhooks::dispatch(scope, 7, None).await.unwrap().goes_on {}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_dispatchers_send_each_event_once_to_each_webhook() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "ours").await;
    let north = testing::store(&access, "north", "Europe/London", "GBP").await;
    let south = testing::store(&access, "south", "Europe/London", "GBP").await;
    let scope = scope(&access);
    let all = make(&scope, Wanted::default()).await;
    let orders = make(&scope, Wanted { kinds: vec![EventKind::OrderPlaced], store: None }).await;
    let in_south = make(&scope, Wanted { kinds: Vec::new(), store: Some(south.id) }).await;
    let before = testing::head(&access).await;
    let tasks: Vec<_> = (0..6)
        .map(|_| {
            let scope = scope.clone();
            tokio::spawn(async move {
                for _ in 0..20 {
                    webhooks::dispatch(&scope, 3, None).await.unwrap();
                }
            })
        })
        .collect();
    place(&scope, &north, 0..12).await;
    place(&scope, &south, 12..20).await;
    webhooks::pause(&scope, orders).await.unwrap();
    webhooks::resume(&scope, orders, Resume::WhereItStopped).await.unwrap();
    for task in tasks {
        task.await.unwrap();
    }
    read(&scope).await;
    let head = testing::head(&access).await;
    assert!(head >= before + 20);
    let seqs = async |id| {
        let mut found: Vec<i64> = told(&scope, id).await.iter().filter_map(|delivery| delivery.seq).collect();
        found.sort_unstable();
        found
    };
    assert_eq!(seqs(all).await, (before + 1..=head).collect::<Vec<_>>());
    assert_eq!((seqs(orders).await.len(), seqs(in_south).await.len()), (20, 8));
    let listed = webhooks::list(&scope).await.unwrap();
    assert!(listed.iter().all(|webhook| webhook.behind == 0), "{listed:?}");
    let owner = db.owner(access.tenant()).await;
    let sql = "select count(*), count(distinct j.key), (select count(*) from webhook_deliveries) from jobs j where j.kind = 'deliver_webhook'";
    let (jobs, keys, deliveries): (i64, i64, i64) = sqlx::query_as(sql).fetch_one(&owner).await.unwrap();
    assert_eq!((jobs, keys), (deliveries, deliveries), "a job for each");
    let body: Value = serde_json::from_str(told(&scope, in_south).await[0].body.as_deref().unwrap()).unwrap();
    assert_eq!(
        (&body["type"], &body["tenant"], &body["data"]["store"]),
        (&"order.placed".into(), &"ours".into(), &"south".into())
    );
    assert!(body["id"].as_str().unwrap().starts_with("msg_") && body["seq"].is_i64() && body["created_at"].is_string());
}

#[tokio::test]
async fn events_that_were_forgotten_are_a_gap_and_no_silence() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "ours").await;
    let store = testing::store(&access, "north", "Europe/London", "GBP").await;
    let scope = scope(&access);
    let id = make(&scope, Wanted { kinds: vec![EventKind::OrderPlaced], store: None }).await;
    webhooks::pause(&scope, id).await.unwrap();
    place(&scope, &store, 0..5).await;
    let head = testing::head(&access).await;
    let owner = db.owner(access.tenant()).await;
    sqlx::query("delete from feed_events where seq <= $1").bind(head - 2).execute(&owner).await.unwrap();
    webhooks::resume(&scope, id, Resume::WhereItStopped).await.unwrap();
    read(&scope).await;
    let kinds = |deliveries: &[db::webhooks::Delivery]| {
        let mut kinds: Vec<String> = deliveries.iter().map(|d| d.kind.clone()).collect();
        kinds.sort();
        kinds
    };
    let found = told(&scope, id).await;
    assert_eq!(kinds(&found), ["gap", "order.placed", "order.placed"]);
    let gap = found.iter().find(|d| d.kind == "gap").unwrap();
    let body: Value = serde_json::from_str(gap.body.as_deref().unwrap()).unwrap();
    assert_eq!(body["data"]["missing_through"], head - 2);

    // The database was restored to an older state: the place lies ahead of the feed.
    sqlx::query("update webhooks set read_seq = $1").bind(head + 100).execute(&owner).await.unwrap();
    read(&scope).await;
    place(&scope, &store, 5..6).await;
    read(&scope).await;
    assert_eq!(kinds(&told(&scope, id).await), ["gap", "gap", "order.placed", "order.placed", "order.placed"]);
}

#[tokio::test]
async fn an_order_pays_no_statement_for_webhooks() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "ours").await;
    let store = testing::store(&access, "north", "Europe/London", "GBP").await;
    let scope = scope(&access);
    place(&scope, &store, 0..2).await;
    let mut counts = Vec::new();
    for n in 2..4 {
        let before = db.db.statements();
        place(&scope, &store, n..n + 1).await;
        counts.push(db.db.statements() - before);
        make(&scope, Wanted::default()).await;
    }
    assert_eq!(counts[0], counts[1]);
}

#[tokio::test]
async fn events_during_a_pause_are_sent_or_skipped_as_chosen() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "ours").await;
    let store = testing::store(&access, "north", "Europe/London", "GBP").await;
    let scope = scope(&access);
    let platform = Platform::command(db.db.clone());
    let due = db.db.clock().now();
    let behind = async || webhooks::behind(&platform, None, due).await.unwrap();
    let orders = || Wanted { kinds: vec![EventKind::OrderPlaced], store: None };
    let (kept, dropped) = (make(&scope, orders()).await, make(&scope, orders()).await);
    assert_eq!(behind().await, []);
    webhooks::pause(&scope, kept).await.unwrap();
    webhooks::pause(&scope, dropped).await.unwrap();
    assert!(matches!(webhooks::pause(&scope, kept).await, Err(DataError::Refused(_))));
    place(&scope, &store, 0..3).await;
    assert_eq!(behind().await, [], "nothing is to be done for those that rest");
    assert_eq!(webhooks::dispatch(&scope, 100, Some(due)).await.unwrap().made, 0);
    webhooks::resume(&scope, kept, Resume::WhereItStopped).await.unwrap();
    webhooks::resume(&scope, dropped, Resume::FromNow).await.unwrap();
    assert_eq!(behind().await, [access.tenant()]);
    assert!(matches!(webhooks::resume(&scope, kept, Resume::FromNow).await, Err(DataError::Refused(_))));

    platform.suspend("ours", "unpaid").await.unwrap();
    assert_eq!((behind().await, webhooks::dispatch(&scope, 100, None).await.unwrap().made), (vec![], 0));
    platform.resume("ours").await.unwrap();
    read(&scope).await;
    assert_eq!((told(&scope, kept).await.len(), told(&scope, dropped).await.len()), (3, 0));

    // What waits for a webhook that rests is sent when it is resumed.
    let delivery = told(&scope, kept).await[0].id;
    webhooks::pause(&scope, kept).await.unwrap();
    assert!(matches!(webhooks::begin(&scope, &sealer(), delivery).await.unwrap(), Begun::Nothing(_)));
    assert!(matches!(webhooks::again(&scope, kept, delivery).await, Err(DataError::Refused(_))));
    let owner = db.owner(access.tenant()).await;
    sqlx::query("delete from jobs where kind = 'deliver_webhook'").execute(&owner).await.unwrap();
    webhooks::resume(&scope, kept, Resume::WhereItStopped).await.unwrap();
    let jobs = "select count(*) from jobs where kind = 'deliver_webhook'";
    assert_eq!(sqlx::query_scalar::<_, i64>(jobs).fetch_one(&owner).await.unwrap(), 3);
    // And so is what has lost its job.
    sqlx::query("delete from jobs where kind = 'deliver_webhook'").execute(&owner).await.unwrap();
    let later = db.db.clock().now() + TimeDelta::minutes(1);
    assert_eq!(webhooks::behind(&platform, None, later).await.unwrap(), [access.tenant()]);
    assert_eq!(webhooks::dispatch(&scope, 100, Some(later)).await.unwrap().found, 3);
    assert_eq!(webhooks::dispatch(&scope, 100, Some(later)).await.unwrap().found, 0);
}

#[tokio::test]
async fn another_tenants_webhooks_do_not_exist_by_either_wall() {
    let db = TestDb::new().await;
    let (ours, theirs) = (testing::tenant(&db.db, "ours").await, testing::tenant(&db.db, "theirs").await);
    let store = testing::store(&theirs, "north", "Europe/London", "GBP").await;
    let their_scope = scope(&theirs);
    let id = make(&their_scope, Wanted::default()).await;
    place(&their_scope, &store, 0..1).await;
    read(&their_scope).await;
    let delivery = told(&their_scope, id).await[0].id;
    let sees_nothing = async |scope: &Scope| {
        let missing =
            |result: Result<(), DataError>| assert!(matches!(result, Err(DataError::NotFound(_))), "{result:?}");
        missing(webhooks::show(scope, id).await.map(drop));
        missing(webhooks::change(scope, id, &new(Wanted::default())).await);
        missing(webhooks::pause(scope, id).await);
        missing(webhooks::resume(scope, id, Resume::FromNow).await);
        missing(webhooks::rotate(scope, &sealer(), id).await.map(drop));
        missing(webhooks::test(scope, id).await.map(drop));
        missing(webhooks::again(scope, id, delivery).await);
        missing(webhooks::delete(scope, id).await);
        assert!(matches!(webhooks::begin(scope, &sealer(), delivery).await.unwrap(), Begun::Nothing(_)));
        assert!(webhooks::list(scope).await.unwrap().is_empty() && told(scope, id).await.is_empty());
        assert_eq!(webhooks::dispatch(scope, 10, Some(scope.now())).await.unwrap(), webhooks::Dispatched::default());
        let foreign = new(Wanted { kinds: Vec::new(), store: Some(store.id) });
        let refused = webhooks::create(scope, &sealer(), &foreign).await;
        assert!(matches!(refused, Err(DataError::Invalid(faults)) if faults.of("store").is_some()));
    };
    sees_nothing(&scope(&ours).with_broken_filter(theirs.tenant())).await;
    db.tear_down_walls().await;
    sees_nothing(&scope(&ours)).await;
    assert_eq!(told(&their_scope, id).await.len(), 1, "and all is there");
    webhooks::delete(&their_scope, id).await.unwrap();
    assert!(webhooks::list(&their_scope).await.unwrap().is_empty());
}
