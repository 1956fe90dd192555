//! Histories of a shop, at random: zones, moments, currencies and texts that programs get wrong.

use std::sync::LazyLock;

use chrono::{DateTime, Duration, Utc};
use domain::calendar::{TZ_VARIANTS, Tz};
use domain::money::Currency;
use domain::settings::ReturnDay;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use super::life::{Deed, Past, deed, past};

/// How many stores a history has.
pub const STORES: usize = 5;

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

pub fn zone() -> impl Strategy<Value = Tz> {
    prop_oneof![prop::sample::select(ODD_ZONES.to_vec()), prop::sample::select(TZ_VARIANTS.to_vec())]
}

/// When an order was placed, as it is written.
#[derive(Clone, Debug)]
pub enum Moment {
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
pub struct NewSale {
    pub store: usize,
    currency: Currency,
    is_return: bool,
    includes_tax: bool,
    pub moment: Moment,
    items: Vec<Line>,
    parts: (i64, i64, i64),
    texts: [String; 4],
    buyer: usize,
    past: Option<Past>,
}

/// Kind, pieces, price, discount in percent and tax of a line.
type Line = (usize, i64, i64, i64, Option<i64>);

#[derive(Clone, Debug)]
pub enum Action {
    Place(Box<NewSale>),
    /// What happens to some order.
    Happens(Index, Deed),
    Wait(i64),
    CountReturnsOn(usize, ReturnDay),
}

pub fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        5 => new_sale().prop_map(|sale| Action::Place(Box::new(sale))),
        6 => (any::<Index>(), deed()).prop_map(|(order, deed)| Action::Happens(order, deed)),
        1 => (1_i64..50_000).prop_map(Action::Wait),
        1 => (0..STORES, prop::sample::select(ReturnDay::ALL.to_vec())).prop_map(|(store, rule)| Action::CountReturnsOn(store, rule)),
    ]
}

fn new_sale() -> impl Strategy<Value = NewSale> {
    let percent = prop_oneof![3 => Just(0_i64), 1 => 0_i64..=100];
    let tax = prop::option::weighted(0.3, 0_i64..200);
    let items = prop::collection::vec((0_usize..6, 1_i64..5, 0_i64..5_000, percent, tax), 1..5);
    let flags = (prop::bool::weighted(0.2), prop::bool::weighted(0.4));
    let texts = [text(), text(), text(), text()];
    let parts = (0_i64..300, 0_i64..900, 0_i64..500);
    let past = prop::option::of(past());
    (0..STORES, currency(), flags, moment(), items, parts, texts, 0_usize..4, past).prop_map(
        |(store, currency, (is_return, includes_tax), moment, items, parts, texts, buyer, past)| NewSale {
            store,
            currency,
            is_return,
            includes_tax,
            moment,
            items,
            parts,
            texts,
            buyer,
            // Nothing happens to what came back.
            past: past.filter(|_| !is_return),
        },
    )
}

// None, two and three decimals, and now and then whichever there is.
fn currency() -> impl Strategy<Value = Currency> {
    let some =
        prop::sample::select(vec!["JPY", "GBP", "EUR", "KWD"]).prop_map(|code| code.parse::<Currency>().unwrap());
    prop_oneof![3 => some, 1 => any::<Index>().prop_map(|i| CURRENCIES[i.index(CURRENCIES.len())])]
}

pub fn body(n: usize, at: &str, sale: &NewSale, now: DateTime<Utc>) -> Value {
    let kinds = ["product", "product", "product", "shipping", "discount", "fee"];
    let sign = if sale.is_return { -1 } else { 1 };
    let [number, sku, title, name] = &sale.texts;
    let is_taxed = |line: &&Line| kinds[line.0] != "discount";
    let item = |line: &Line| {
        let (kind, quantity, price, percent, tax) = line;
        json!({
            "sku": format!("{kind} {}", sku.trim()).trim(), "title": format!("{} {kind}", title.trim()).trim(), "kind": kinds[*kind],
            "quantity": sign * quantity, "unit_price": price, "discount": sign * (quantity * price * percent / 100),
            "tax": tax.filter(|_| is_taxed(&line)).map(|tax| sign * tax),
        })
    };
    let told: i64 = sale.items.iter().filter(is_taxed).filter_map(|line| line.4).sum();
    let local = name.replace(|c: char| c.is_whitespace() || c == '@', "");
    let buyers = [
        json!(null),
        json!({"external_id": format!("{}{}", n % 3, sku.trim()), "email": format!("{local}@example.com"), "name": name.trim()}),
        json!({"email": format!("{local}@example.com")}),
        json!({"external_id": (n % 3).to_string()}),
    ];
    let mut body = json!({
        "store": "s", "number": format!("{n}-{}", number.trim()), "kind": if sale.is_return { "return" } else { "sale" },
        "placed_at": at, "currency": sale.currency, "customer": buyers[sale.buyer], "items": sale.items.iter().map(item).collect::<Vec<_>>(),
        "discount": sign * sale.parts.0, "shipping": sign * sale.parts.1, "tax": sign * (sale.parts.2 + told), "tags": ["a", "b c"],
        "prices_include_tax": sale.includes_tax,
    });
    if let Some(past) = &sale.past {
        past.tell(&mut body, now);
    }
    body
}
