//! The daily summary: the dashboard's figures, each day once, at seven of the store's clock.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use db::dashboards::{DashboardQuery, dashboard};
use db::platform::Platform;
use db::reports::{Group, SalesQuery, sales};
use db::stores::Store;
use db::testing::{self, TestDb};
use db::{Access, Clock};
use domain::money::Money;
use domain::period::{Comparison, Period};
use domain::permission::Permission;
use domain::settings::{Recipients, Setting};
use jobs::summaries::send_due;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::setup::Shop;
use crate::sink::{Sink, header, text};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

async fn shop(now: &str) -> (Shop, Sink, Clock) {
    let clock = Clock::fixed(at(now));
    let shop = Shop::with(TestDb::with(clock.clone(), None).await).await;
    let sink = Sink::new(&shop.folder).await;
    (shop, sink, clock)
}

async fn want(access: &Access, store: &str, to: &str) {
    let scope = access.scope(Permission::ManageStores).unwrap();
    let to = Recipients::parse(to).unwrap();
    db::settings::set_recipients(&scope, store, Setting::DailySummary, &to).await.unwrap();
}

async fn place(access: &Access, store: &Store, number: &str, when: &str, quantity: i64) {
    let scope = access.scope(Permission::WriteOrders).unwrap();
    testing::place_all(&scope, store, &[testing::order(store, number, at(when), quantity)]).await;
}

async fn send(shop: &Shop, sink: &Sink) -> u64 {
    send_due(&shop.test.db, &sink.mailer(), &CancellationToken::new()).await.unwrap()
}

fn subjects(messages: &[Value]) -> Vec<&str> {
    messages.iter().map(|m| header(m, "Subject")).collect()
}

#[tokio::test]
async fn a_summary_says_what_the_dashboard_and_the_report_say() {
    let (shop, sink, clock) = shop("2026-11-19T12:00:00Z").await;
    want(&shop.access, "main", "ana@example.com").await;
    for (n, when, quantity) in [
        (1, "2026-11-19T00:00:00Z", 3),
        (2, "2026-11-19T11:59:59Z", 1),
        (3, "2026-11-12T09:00:00Z", 2),
        (4, "2026-11-18T23:59:59Z", 9),
    ] {
        place(&shop.access, &shop.store, &n.to_string(), when, quantity).await;
    }
    let scope = shop.access.scope(Permission::ReadReports).unwrap();
    clock.set(at("2026-11-20T06:59:59Z"));
    assert_eq!(send(&shop, &sink).await, 0, "not before seven");
    clock.set(at("2026-11-20T07:00:00Z"));
    assert_eq!(send(&shop, &sink).await, 1);
    assert_eq!(send(&shop, &sink).await, 0, "once");
    let period = Some(Period { from: day("2026-11-19"), to: day("2026-11-19") });
    let (store, compare) = (Some("main".to_owned()), Comparison::None);
    let shown = dashboard(&scope, &DashboardQuery { store: store.clone(), period, compare }).await.unwrap();
    let report = sales(&scope, &SalesQuery { store, period, group: Group::None, compare }).await.unwrap();
    let (figures, currency) = (shown.currencies[0].now, shown.currencies[0].currency);
    assert_eq!(figures, report.currencies[0].totals);
    assert_eq!((figures.orders, figures.net()), (2, 1_800));
    let messages = sink.messages();
    assert_eq!(subjects(&messages), ["main on Thu 19 Nov: £18.00 net"]);
    let text = text(&messages[0]);
    let net = Money::new(figures.net(), currency).to_string();
    let average = Money::new(figures.average_order().unwrap(), currency).to_string();
    let row = |name: &str| -> Vec<String> {
        let line = text.lines().find(|l| l.starts_with(name)).unwrap_or_else(|| panic!("{name} in\n{text}"));
        line[name.len()..].split_whitespace().map(str::to_owned).collect()
    };
    assert_eq!(row("Net sales"), [net.as_str(), "£9.00", "up", "100", "%"]);
    assert_eq!(row("Orders"), ["2", "1", "up", "100", "%"]);
    assert_eq!(row("Returns"), ["£0.00", "£0.00", "no", "change"]);
    assert_eq!(row("Average order value"), [average.as_str(), "£9.00", "no", "change"]);
    assert_eq!(row("Tea"), ["4", net.as_str()]);
    assert!(text.contains("Thu 12 Nov"), "the same weekday of the week before\n{text}");
    assert!(text.contains("https://stoa.test/t/demo?store=main&from=2026-11-19&to=2026-11-19"), "{text}");
}

#[tokio::test]
async fn every_day_is_told_once_whatever_its_length() {
    // London's day of 25 hours is 25 October, of 23 hours 29 March.
    for (first, long_day, orders) in [
        (
            "2026-10-23T12:00:00Z",
            "2026-10-25",
            ["2026-10-24T23:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T23:59:59Z"],
        ),
        (
            "2026-03-27T12:00:00Z",
            "2026-03-29",
            ["2026-03-29T00:00:00Z", "2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z", "2026-03-29T22:59:59Z"],
        ),
    ] {
        let (shop, sink, clock) = shop(first).await;
        want(&shop.access, "main", "ana@example.com").await;
        for (n, when) in orders.iter().enumerate() {
            place(&shop.access, &shop.store, &n.to_string(), when, 1).await;
        }
        let end = clock.now() + Duration::days(6);
        while clock.now() < end {
            clock.set(clock.now() + Duration::minutes(60));
            send(&shop, &sink).await;
        }
        let messages = sink.messages();
        let long = day(long_day);
        let expected: Vec<String> = (-2..4)
            .map(|n| long + Duration::days(n))
            .map(|d| {
                format!("main on {}: {}", d.format("%a %-d %b"), if d == long { "£18.00 net" } else { "no sales" })
            })
            .collect();
        assert_eq!(subjects(&messages), expected);
    }
}

#[tokio::test]
async fn zones_of_one_tenant_have_their_own_mornings() {
    let (shop, sink, clock) = shop("2026-11-19T00:00:00Z").await;
    for (slug, zone) in [("kiri", "Pacific/Kiritimati"), ("kath", "Asia/Kathmandu"), ("pago", "Pacific/Pago_Pago")] {
        testing::store(&shop.access, slug, zone, "GBP").await;
        want(&shop.access, slug, "ana@example.com").await;
    }
    let mut seen = Vec::new();
    while clock.now() < at("2026-11-20T00:00:00Z") {
        clock.set(clock.now() + Duration::minutes(15));
        if send(&shop, &sink).await > 0 {
            seen.push(clock.now().format("%H:%M").to_string());
        }
    }
    assert_eq!(seen, ["01:15", "17:00", "18:00"]);
    let messages = sink.messages();
    assert_eq!(
        subjects(&messages),
        ["kath on Wed 18 Nov: no sales", "kiri on Thu 19 Nov: no sales", "pago on Wed 18 Nov: no sales"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_tell_once_and_a_suspended_tenant_is_not_told() {
    let (shop, sink, clock) = shop("2026-11-19T12:00:00Z").await;
    want(&shop.access, "main", "ana@example.com, bo@example.com").await;
    let other = testing::tenant(&shop.test.db, "unpaid").await;
    testing::store(&other, "main", "UTC", "GBP").await;
    want(&other, "main", "eve@example.com").await;
    Platform::command(shop.test.db.clone()).suspend("unpaid", "unpaid").await.unwrap();
    clock.set(at("2026-11-20T08:00:00Z"));
    let (a, b, c) = tokio::join!(send(&shop, &sink), send(&shop, &sink), send(&shop, &sink));
    assert_eq!(a + b + c, 1);
    assert_eq!(sink.messages().len(), 2);
    want(&shop.access, "main", "").await;
    clock.set(at("2026-11-22T08:00:00Z"));
    assert_eq!(send(&shop, &sink).await, 0, "whoever ended it is not told");
}
