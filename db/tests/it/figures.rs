//! Rollups equal an independent recount after every step, whatever happens.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use db::orders::place::Placed;
use db::orders::{cancel, refund};
use db::rollups;
use db::stores::Store;
use db::testing::{self, TestDb};
use db::{Access, Clock, DataError, Scope};
use domain::calendar::{TZ_VARIANTS, Tz, day_of, shifts};
use domain::ids::OrderId;
use domain::money::Currency;
use domain::orders::new_order::Draft;
use domain::orders::refund::RefundRequest;
use domain::orders::{ItemKind, NewOrder, OrderQuery};
use domain::page::Limit;
use domain::permission::Permission;
use domain::settings::ReturnDay;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use uuid::Uuid;

/// How many stores a history has.
const STORES: usize = 5;

/// Names that PostgreSQL takes for abbreviations, whole days that were skipped, half and quarter hours, changes at midnight and at
/// a minute past it, daylight saving of half an hour, and one that goes back for a month a year.
const ODD_ZONES: [Tz; 20] = [
    Tz::CET,
    Tz::EET,
    Tz::MET,
    Tz::WET,
    Tz::EST5EDT,
    Tz::MST,
    Tz::HST,
    Tz::Etc__GMTPlus12,
    Tz::Pacific__Kiritimati,
    Tz::Pacific__Apia,
    Tz::Asia__Kathmandu,
    Tz::Pacific__Chatham,
    Tz::Europe__London,
    Tz::America__St_Johns,
    Tz::America__Sao_Paulo,
    Tz::Asia__Beirut,
    Tz::Australia__Lord_Howe,
    Tz::Africa__Casablanca,
    Tz::Africa__Cairo,
    Tz::Asia__Pyongyang,
];

/// Moments around which days, hours, quarters and years change.
const MOMENTS: [&str; 12] = [
    "2026-10-25T00:59:59Z",
    "2026-03-29T01:00:00Z",
    "2026-10-03T15:30:00Z",
    "2024-02-29T12:00:00Z",
    "2025-12-31T23:59:59Z",
    "2026-09-30T23:45:00Z",
    "1990-01-01T00:00:00Z",
    "2000-02-29T23:59:59.999999999Z",
    "2016-12-31T23:59:60Z",
    "2015-06-30T23:59:60.999Z",
    "2024-12-31T23:59:60+13:45",
    "2011-11-06T00:00:30-03:30",
];

/// Texts that programs lower, compare and quote differently.
const TEXTS: [&str; 14] = [
    "Thing",
    "İSTANBUL ırmak",
    "ΟΔΟΣ",
    "οδος ΣΑΣ",
    "Straße STRASSE",
    "\u{212a}elvin \u{212b}",
    "e\u{301}t\u{e9} ﬁn ＡＢ",
    "'; drop table orders; --",
    "%_\\%",
    "{\"a\": [\\u0000]}",
    "\u{202e}txt.exe",
    "👩\u{200d}👩\u{200d}👧 🇪🇺",
    "</script><b>",
    "NULL",
];

/// Every currency in which an order is taken.
static CURRENCIES: LazyLock<Vec<Currency>> = LazyLock::new(|| {
    let letters = || 'A'..='Z';
    letters()
        .flat_map(|a| letters().flat_map(move |b| letters().map(move |c| format!("{a}{b}{c}"))))
        .filter_map(|code| code.parse().ok())
        .collect()
});

fn zone() -> impl Strategy<Value = Tz> {
    prop_oneof![prop::sample::select(ODD_ZONES.to_vec()), prop::sample::select(TZ_VARIANTS.to_vec())]
}

/// When an order was placed, as it is written.
#[derive(Clone, Debug)]
enum Moment {
    Written(String),
    /// A change of the store's own clocks, and so far from it.
    Change(usize, i64),
}

fn moment() -> impl Strategy<Value = Moment> {
    let near = (prop::sample::select(MOMENTS.to_vec()), -7_300_i64..7_300, "[0-9]{1,12}").prop_map(
        |(text, seconds, digits)| {
            let at = text.parse::<DateTime<Utc>>().unwrap() + Duration::seconds(seconds);
            format!("{}.{digits}Z", at.format("%Y-%m-%dT%H:%M:%S"))
        },
    );
    let minute = (
        2023_i64..2026,
        1_u32..13,
        1_u32..29,
        0_u32..24,
        0_u32..60,
        "(\\.[0-9]{1,9})?",
        "(Z|[+-](0[0-9]|1[0-9]|2[0-3]):[0-5][0-9])",
    )
        .prop_map(|(y, mo, d, h, m, part, zone)| format!("{y}-{mo:02}-{d:02}T{h:02}:{m:02}:60{part}{zone}"));
    prop_oneof![
        2 => prop::sample::select(MOMENTS.to_vec()).prop_map(|text| Moment::Written(text.to_owned())),
        3 => near.prop_map(Moment::Written),
        2 => minute.prop_map(Moment::Written),
        3 => (0_usize..200, prop::sample::select(vec![-3_600_000_001, -60_000_000, -1, 0, 1, 30_000_000, 59_999_999, 3_600_000_000]))
            .prop_map(|(change, micros)| Moment::Change(change, micros)),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![3 => prop::sample::select(TEXTS.to_vec()).prop_map(str::to_owned), 1 => "\\PC{1,16}"]
}

#[derive(Clone, Debug)]
struct NewSale {
    store: usize,
    currency: prop::sample::Index,
    is_return: bool,
    moment: Moment,
    items: Vec<(usize, i64, i64)>,
    parts: (i64, i64, i64),
    texts: [String; 4],
    buyer: usize,
}

#[derive(Clone, Debug)]
enum Action {
    Place(Box<NewSale>),
    Cancel(usize),
    RefundAll(usize),
    RefundLine(usize, i32, i64),
    Wait(i64),
    CountReturnsOn(usize, ReturnDay),
}

fn action() -> impl Strategy<Value = Action> {
    let items = prop::collection::vec((0_usize..6, 1_i64..5, 0_i64..5_000), 1..5);
    let place = (
        0..STORES,
        any::<prop::sample::Index>(),
        prop::bool::weighted(0.2),
        moment(),
        items,
        (0_i64..300, 0_i64..900, 0_i64..500),
        [text(), text(), text(), text()],
        0_usize..4,
    )
        .prop_map(|(store, currency, is_return, moment, items, parts, texts, buyer)| {
            Action::Place(Box::new(NewSale { store, currency, is_return, moment, items, parts, texts, buyer }))
        });
    prop_oneof![
        5 => place,
        1 => (0_usize..40).prop_map(Action::Cancel),
        1 => (0_usize..40).prop_map(Action::RefundAll),
        2 => (0_usize..40, 1_i32..5, 1_i64..4).prop_map(|(order, line, n)| Action::RefundLine(order, line, n)),
        1 => (1_i64..50_000).prop_map(Action::Wait),
        1 => (0..STORES, prop::sample::select(ReturnDay::ALL.to_vec())).prop_map(|(store, rule)| Action::CountReturnsOn(store, rule)),
    ]
}

#[test]
fn rollups_equal_a_recount_after_every_step() {
    let (cases, steps) = if torture() { (200, 60) } else { (6, 25) };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut runner =
        TestRunner::new(Config { cases, max_shrink_iters: 60, failure_persistence: None, ..Config::default() });
    let history = (prop::collection::vec(zone(), STORES), prop::collection::vec(action(), steps));
    let result = runner.run(&history, |(zones, actions)| {
        runtime.block_on(play(&zones, &actions));
        Ok(())
    });
    result.unwrap();
}

async fn play(zones: &[Tz], actions: &[Action]) {
    let clock = Clock::fixed("2026-10-25T02:00:00Z".parse().unwrap());
    let db = TestDb::with(clock.clone(), None).await;
    let access = testing::tenant(&db.db, "shop").await;
    let mut stores = Vec::new();
    for (i, zone) in zones.iter().enumerate() {
        stores.push(testing::store(&access, &format!("s{i}"), zone.name(), "GBP").await);
    }
    let scope = access.scope(Permission::WriteOrders).unwrap();
    let mut orders: Vec<OrderId> = Vec::new();
    let mut placed: Vec<(OrderId, NewOrder, Tz)> = Vec::new();
    for (n, action) in actions.iter().enumerate() {
        if let Action::Place(sale) = action {
            placed.extend(place(&scope, &clock, &stores, n, sale).await);
            orders = placed.iter().map(|(id, ..)| *id).collect();
        } else {
            act(&scope, &clock, &stores, &orders, action).await;
        }
        let differences = rollups::verify(&scope).await.unwrap();
        assert!(differences.is_empty(), "after step {n} {action:?}: {differences:#?}");
    }
    for (id, order, zone) in &placed {
        reads_as_it_was_placed(&scope, *id, order, *zone).await;
    }
    refunds_lie_where_the_rules_say(&db, &access, &stores, actions).await;
    let before = totals(&scope).await;
    rollups::rebuild(&scope).await.unwrap();
    assert_eq!(totals(&scope).await, before, "a rebuild changes nothing that is right");
    assert!(rollups::verify(&scope).await.unwrap().is_empty());
}

async fn place(
    scope: &Scope,
    clock: &Clock,
    stores: &[Store],
    n: usize,
    sale: &NewSale,
) -> Option<(OrderId, NewOrder, Tz)> {
    let store = &stores[sale.store];
    let at = match &sale.moment {
        Moment::Written(text) => text.clone(),
        Moment::Change(i, micros) => {
            let changes = shifts(store.zone, "2021-06-01T00:00:00Z".parse().unwrap(), clock.now());
            (changes[i % changes.len()].since + Duration::microseconds(*micros)).to_rfc3339()
        }
    };
    // What is refused changes nothing, as a random order may be worth less than its discounts.
    let (_, order) = Draft::checked_from_json(&body(n, &at, sale), clock.now()).ok()?;
    match testing::place_all(scope, store, std::slice::from_ref(&order)).await[0] {
        Placed::Stored(id) => Some((id, order, store.zone)),
        other => panic!("{other:?}"),
    }
}

/// A witness that shares nothing with what was stored: the order itself, and where it is found.
async fn reads_as_it_was_placed(scope: &Scope, id: OrderId, order: &NewOrder, zone: Tz) {
    let row = db::orders::show::by_id(scope, id).await.unwrap().order;
    let day = day_of(order.placed_at(), zone);
    assert_eq!((row.placed_at, row.local_day), (order.placed_at(), day), "{zone}");
    let buyer = order.customer().map(|c| (c.email.clone(), c.name.clone(), c.phone.clone(), c.external_id.clone()));
    assert_eq!(row.customer.map(|c| (c.email, c.name, c.phone, c.external_id)), buyer);
    let finds = async |query: OrderQuery| {
        let query = OrderQuery { limit: Limit::new(200).unwrap(), ..query };
        db::orders::list::list(scope, &query).await.unwrap().rows.iter().any(|row| row.id == id)
    };
    assert!(finds(OrderQuery { from: Some(day), to: Some(day), ..OrderQuery::default() }).await, "{day}");
    let email = order.customer().and_then(|c| c.email.clone());
    let external = order.customer().and_then(|c| c.external_id.clone());
    let skus = order.items().iter().filter(|i| i.kind == ItemKind::Product).filter_map(|i| i.sku.clone());
    let spellings = email.into_iter().chain(skus).flat_map(|text| [text.to_lowercase(), text]);
    let numbers = [order.number().to_owned(), order.number().to_ascii_lowercase()];
    for text in spellings.chain(external).chain(numbers) {
        assert!(finds(OrderQuery { q: Some(text.clone()), ..OrderQuery::default() }).await, "{text:?}");
    }
}

async fn act(scope: &Scope, clock: &Clock, stores: &[Store], orders: &[OrderId], action: &Action) {
    match action {
        Action::Place(_) => {}
        Action::Cancel(i) => {
            let Some(order) = orders.get(*i) else { return };
            let done = cancel::cancel(scope, *order, "test").await;
            assert!(matches!(done, Ok(()) | Err(DataError::Refused(_))), "{done:?}");
        }
        Action::RefundAll(i) => refunded(scope, orders.get(*i), &RefundRequest::Full).await,
        Action::RefundLine(i, line, count) => {
            refunded(scope, orders.get(*i), &RefundRequest::Lines(vec![(*line, *count)])).await;
        }
        Action::Wait(seconds) => clock.set(clock.now() + Duration::seconds(*seconds)),
        Action::CountReturnsOn(store, rule) => {
            let form = [("returns_on".to_owned(), rule.as_str().to_owned())];
            db::settings::change(scope, &stores[*store].slug, &form).await.unwrap();
        }
    }
}

/// A refund: store, when it was made, when its order was placed, currency and amount.
type Made = (Uuid, DateTime<Utc>, DateTime<Utc>, String, i64);

/// A witness that shares nothing with the recount: the calendar of this program, and the rules as the history chose them.
async fn refunds_lie_where_the_rules_say(db: &TestDb, access: &Access, stores: &[Store], actions: &[Action]) {
    let mut rules = [ReturnDay::Return; STORES];
    for action in actions {
        if let Action::CountReturnsOn(store, rule) = action {
            rules[*store] = *rule;
        }
    }
    let owner = db.owner(access.tenant()).await;
    let made: Vec<Made> = sqlx::query_as("select store_id, at, order_placed_at, currency, amount from refunds")
        .fetch_all(&owner)
        .await
        .unwrap();
    let mut expected: BTreeMap<(Uuid, NaiveDate, String), (i64, i64)> = BTreeMap::new();
    for (id, at, placed_at, currency, amount) in made {
        let (store, rule) = stores.iter().zip(rules).find(|(store, _)| store.id.0 == id).unwrap();
        let instant = if rule == ReturnDay::Order { placed_at } else { at };
        let sum = expected.entry((id, day_of(instant, store.zone), currency)).or_default();
        *sum = (sum.0 + 1, sum.1 + amount);
    }
    let kept: Vec<(Uuid, NaiveDate, String, i64, i64)> = sqlx::query_as(
        "select store_id, day, currency, refunds, refunded from rollup_days where refunds <> 0 or refunded <> 0",
    )
    .fetch_all(&owner)
    .await
    .unwrap();
    let kept: BTreeMap<_, _> =
        kept.into_iter().map(|(id, day, currency, n, sum)| ((id, day, currency), (n, sum))).collect();
    assert_eq!(kept, expected);
}

async fn refunded(scope: &Scope, order: Option<&OrderId>, request: &RefundRequest) {
    let Some(order) = order else { return };
    let done = refund::refund(scope, *order, request, "", None).await;
    assert!(matches!(done, Ok(_) | Err(DataError::Invalid(_))), "only the rule may refuse: {done:?}");
}

fn body(n: usize, at: &str, sale: &NewSale) -> Value {
    let kinds = ["product", "product", "product", "shipping", "discount", "fee"];
    let sign = if sale.is_return { -1 } else { 1 };
    let [number, sku, title, name] = &sale.texts;
    let item = |(kind, quantity, price): &(usize, i64, i64)| {
        json!({
            "sku": format!("{kind} {}", sku.trim()).trim(), "title": format!("{} {kind}", title.trim()).trim(), "kind": kinds[*kind],
            "quantity": sign * quantity, "unit_price": price,
        })
    };
    let local = name.replace(|c: char| c.is_whitespace() || c == '@', "");
    let buyers = [
        json!(null),
        json!({"external_id": format!("{}{}", n % 3, sku.trim()), "email": format!("{local}@example.com"), "name": name.trim()}),
        json!({"email": format!("{local}@example.com")}),
        json!({"external_id": (n % 3).to_string()}),
    ];
    let currency = CURRENCIES[sale.currency.index(CURRENCIES.len())];
    json!({
        "store": "s", "number": format!("{n}-{}", number.trim()), "kind": if sale.is_return { "return" } else { "sale" },
        "placed_at": at, "currency": currency, "customer": buyers[sale.buyer], "items": sale.items.iter().map(item).collect::<Vec<_>>(),
        "discount": sign * sale.parts.0, "shipping": sign * sale.parts.1, "tax": sign * sale.parts.2, "tags": ["a", "b c"],
    })
}

async fn totals(scope: &Scope) -> Vec<(domain::money::Currency, domain::orders::Figures)> {
    db::orders::summary::summary(scope, &domain::orders::OrderQuery::default()).await.unwrap().currencies
}

#[expect(clippy::disallowed_methods, reason = "how `make torture` asks for the full counts")]
pub fn torture() -> bool {
    std::env::var("STOA_TORTURE").is_ok()
}

#[tokio::test]
async fn a_verification_finds_what_somebody_broke() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "shop").await;
    let store = testing::store(&access, "north", "Europe/London", "GBP").await;
    let scope = access.scope(Permission::WriteOrders).unwrap();
    testing::place_all(&scope, &store, &[testing::order(&store, "1", db.db.clock().now(), 2)]).await;
    let owner = db.owner(access.tenant()).await;
    sqlx::query("update rollup_days set gross = gross + 1").execute(&owner).await.unwrap();
    let found = rollups::verify(&scope).await.unwrap();
    assert_eq!((found.len(), found[0].rollup.as_str()), (1, "day"));
    rollups::rebuild(&scope).await.unwrap();
    assert!(rollups::verify(&scope).await.unwrap().is_empty());
    sqlx::query("update orders set local_day = local_day - 1").execute(&owner).await.unwrap();
    let found = rollups::verify(&scope).await.unwrap();
    assert_eq!(
        (found.len(), found[0].rollup.as_str()),
        (1, "order"),
        "the day that was stored is no witness: {found:?}"
    );
    let day = found[0].recounted.parse().unwrap();
    let found = rollups::verify_day(&scope, day).await.unwrap();
    assert_eq!(found.len(), 1, "{found:?}");
    rollups::repair_day(&scope, day, &found).await.unwrap();
    assert!(rollups::verify(&scope).await.unwrap().is_empty());
}
