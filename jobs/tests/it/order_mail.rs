//! Telling of new sales.

use chrono::{DateTime, Duration, Utc};
use db::orders::place::Placed;
use db::platform::Platform;
use db::testing::{self, TestDb};
use db::{Access, Clock};
use domain::ids::OrderId;
use domain::orders::new_order::Draft;
use domain::permission::Permission;
use domain::settings::{Recipients, Setting};
use jobs::mail::{Report, send_due};
use jobs::orders::notify;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::setup::Shop;
use crate::sink::{Sink, header, text};

const NOW: &str = "2026-11-20T12:00:00Z";

async fn shop() -> (Shop, Sink, Clock) {
    let clock = Clock::fixed(NOW.parse().unwrap());
    let shop = Shop::with(TestDb::with(clock.clone(), None).await).await;
    let sink = Sink::new(&shop.folder).await;
    (shop, sink, clock)
}

async fn tell(access: &Access, store: &str, to: &str) {
    let scope = access.scope(Permission::ManageStores).unwrap();
    let to = Recipients::parse(to).unwrap();
    db::settings::set_recipients(&scope, store, Setting::NotifyOrders, &to).await.unwrap();
}

async fn place(shop: &Shop, number: &str, at: DateTime<Utc>) -> OrderId {
    let body = json!({
        "store": "main", "number": number, "placed_at": at, "currency": "GBP", "customer": {"name": "Ana Müller"},
        "items": [{"sku": "CUP", "title": "Cup <b>\"blue\"</b>", "quantity": 2, "unit_price": 1250}],
        "discount": 100, "shipping": 399, "tax": 500,
    });
    let order = Draft::checked_from_json(&body, at.max(shop.test.db.clock().now())).unwrap().1;
    match testing::place_all(&shop.scope(), &shop.store, &[order]).await[0] {
        Placed::Stored(id) => id,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_new_sale_is_told_once_to_each_recipient() {
    let (shop, sink, clock) = shop().await;
    tell(&shop.access, "main", "ana@example.com, bo@example.com").await;
    let order = place(&shop, "WEB/7", clock.now()).await;
    let (db, tenant, mailer) = (&shop.test.db, shop.access.tenant(), sink.mailer());
    assert_eq!(notify(db, &mailer, tenant, order).await.unwrap().sent, 2);
    assert_eq!(notify(db, &mailer, tenant, order).await.unwrap(), Report::default(), "twice tells once");
    let messages = sink.messages();
    assert_eq!(messages.len(), 2);
    assert_eq!(header(&messages[0], "Subject"), "Order WEB/7 at main: £32.99");
    let text = text(&messages[0]);
    for words in [
        "by Ana Müller on 20 November 2026, 12:00 (Europe/London)",
        "Cup <b>\"blue\"</b>         2  £25.00",
        "Discounts    \u{2212}£1.00",
        "Total        £32.99",
        "https://stoa.test/t/demo/orders/main/WEB%2F7\n",
    ] {
        assert!(text.contains(words), "{words:?} in\n{text}");
    }
    assert!(messages[0]["html"].as_str().unwrap().contains("Cup &lt;b&gt;"));
    assert_ne!(header(&messages[0], "Message-ID"), header(&messages[1], "Message-ID"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_comes_in_is_told_by_the_worker_and_history_makes_no_job() {
    let shop = Shop::new().await;
    let sink = Sink::new(&shop.folder).await;
    tell(&shop.access, "main", "ana@example.com").await;
    let tx = shop.scope().begin().await.unwrap();
    let store = db::stores::by_slug(&tx, "main").await.unwrap();
    tx.commit().await.unwrap();
    let now = shop.test.db.clock().now();
    let at = |number: &str, hours: i64| testing::order(&store, number, now - Duration::hours(hours), 1);
    testing::place_all(&shop.scope(), &store, &[at("old", 25), at("older", 400)]).await;
    assert_eq!(shop.count("select count(*) from jobs where kind = 'notify_orders'").await, 0);
    testing::place_all(&shop.scope(), &store, &[at("new", 1), at("newer", 0), at("oldest", 900)]).await;
    assert_eq!(shop.count("select count(*) from jobs where kind = 'notify_orders'").await, 1, "one for all of them");
    let tools = jobs::Tools { mailer: sink.mailer(), ..jobs::Tools::new(shop.folder.clone()) };
    let options = jobs::worker::Options::new(std::sync::Arc::new(tools));
    let stop = CancellationToken::new();
    let worker = tokio::spawn(jobs::worker::run(shop.test.db.clone(), options, stop.clone()));
    testing::eventually("both are sent", async || (sink.messages().len() >= 2).then_some(())).await;
    stop.cancel();
    worker.await.unwrap();
    let messages = sink.messages();
    let mut subjects: Vec<&str> = messages.iter().map(|m| header(m, "Subject")).collect();
    subjects.sort_unstable();
    assert_eq!(subjects, ["Order new at main: £7.50", "Order newer at main: £7.50"]);
}

#[tokio::test]
async fn what_cannot_be_sent_at_once_waits_in_the_outbox() {
    let (shop, mut sink, clock) = shop().await;
    tell(&shop.access, "main", "ana@example.com, bo@example.com").await;
    let order = place(&shop, "1", clock.now()).await;
    let (db, mailer) = (&shop.test.db, sink.mailer());
    sink.end().await;
    let report = notify(db, &mailer, shop.access.tenant(), order).await.unwrap();
    assert_eq!(report, Report { sent: 0, later: 2, failed: 0 });
    assert_eq!(shop.count("select sum(attempts) from mail_outbox").await, 1, "the second is not even tried");
    let sink = Sink::at(&shop.folder, sink.port, &[]).await;
    clock.set(clock.now() + Duration::minutes(1));
    assert_eq!(send_due(db, &mailer, &CancellationToken::new()).await.unwrap().sent, 2);
    assert_eq!(sink.messages().len(), 2);
}

#[tokio::test]
async fn history_returns_cancelled_and_foreign_orders_are_not_told() {
    let (shop, sink, clock) = shop().await;
    let (db, tenant, mailer) = (&shop.test.db, shop.access.tenant(), sink.mailer());
    let quiet = place(&shop, "quiet", clock.now()).await;
    assert_eq!(notify(db, &mailer, tenant, quiet).await.unwrap(), Report::default(), "nobody wants it");
    tell(&shop.access, "main", "ana@example.com").await;
    let old = place(&shop, "old", clock.now() - Duration::hours(25)).await;
    let cancelled = place(&shop, "cancelled", clock.now()).await;
    db::orders::cancel::cancel(&shop.scope(), cancelled, "").await.unwrap();
    let mut credit = json!({
        "store": "main", "number": "credit", "kind": "return", "placed_at": NOW, "currency": "GBP",
        "items": [{"sku": "CUP", "title": "Cup", "quantity": -1, "unit_price": 1250}],
    });
    let credit = Draft::checked_from_json(&credit.take(), clock.now()).unwrap().1;
    let Placed::Stored(credit) = testing::place_all(&shop.scope(), &shop.store, &[credit]).await[0] else { panic!() };
    for order in [old, cancelled, credit] {
        assert_eq!(notify(db, &mailer, tenant, order).await.unwrap(), Report::default());
    }
    let other = testing::tenant(db, "other").await;
    testing::store(&other, "main", "UTC", "GBP").await;
    tell(&other, "main", "spy@example.com").await;
    let fresh = place(&shop, "fresh", clock.now()).await;
    assert_eq!(notify(db, &mailer, other.tenant(), fresh).await.unwrap(), Report::default());
    Platform::command(db.clone()).suspend("demo", "unpaid").await.unwrap();
    assert_eq!(notify(db, &mailer, tenant, fresh).await.unwrap(), Report::default());
    assert!(sink.messages().is_empty());
}

#[tokio::test]
async fn a_store_that_wants_no_mail_pays_no_statement_for_it() {
    let (shop, _sink, clock) = shop().await;
    testing::place_all(&shop.scope(), &shop.store, &[testing::order(&shop.store, "0", clock.now(), 1)]).await;
    let mut counts = Vec::new();
    for to in ["", "ana@example.com", ""] {
        tell(&shop.access, "main", to).await;
        let tx = shop.scope().begin().await.unwrap();
        let store = db::stores::by_slug(&tx, "main").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(store.notifies_orders, !to.is_empty(), "what the taking of an order looks at");
        let before = shop.test.db.statements();
        let number = format!("n{}", counts.len());
        testing::place_all(&shop.scope(), &store, &[testing::order(&store, &number, clock.now(), 1)]).await;
        counts.push(shop.test.db.statements() - before);
    }
    assert_eq!((counts[1], counts[2]), (counts[0] + 1, counts[0]), "one more where somebody wants it, none elsewhere");
}
