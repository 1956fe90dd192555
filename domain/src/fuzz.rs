//! Text that nobody means well with, through everything of this crate that reads what people and programs send: nothing
//! panics or hangs, and what was understood prints back to itself.

use std::time::{Duration, Instant};

use chrono::DateTime;
use proptest::prelude::*;
use serde_json::Value;

use crate::audit::AuditQuery;
use crate::imports::ImportQuery;
use crate::jobs::JobQuery;
use crate::numbers::NumberFormat;
use crate::orders::OrderQuery;
use crate::orders::new_order::Draft;
use crate::orders::query::AmountsIn;
use crate::page::seal;
use crate::settings::Recipients;
use crate::tenants::TenantQuery;
use crate::{csv, email, link, people, slug};

const NAMES: [&str; 24] = [
    "store",
    "status",
    "payment",
    "fulfilment",
    "kind",
    "q",
    "from",
    "to",
    "min",
    "max",
    "cursor",
    "limit",
    "state",
    "outcome",
    "tenant",
    "queue",
    "key",
    "actor",
    "action",
    "object",
    "via",
    "tier",
    "",
    "\u{202e}",
];

#[expect(clippy::disallowed_methods, reason = "tests are told by the environment how long to go on")]
fn often() -> ProptestConfig {
    ProptestConfig::with_cases(if std::env::var("STOA_TORTURE").is_ok() { 200_000 } else { 256 })
}

fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,60}",
        "[-+0-9.,e]{0,40}",
        "[0-9]{1,5}-[0-9]{1,2}-[0-9]{1,2}",
        "[A-Za-z0-9_-]{58,62}",
        "(open|sale|failed|ended|page|-|asc|%00|'|;|--|<|\\\\|\u{1f600}){0,6}",
        Just("x".repeat(5_000)),
        Just("9".repeat(400)),
    ]
}

fn quick<T>(work: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let done = work();
    // Far more than it takes: whatever takes a second grows too fast with what is sent.
    assert!(began.elapsed() < Duration::from_secs(1), "took {:?}", began.elapsed());
    done
}

fn borrowed<N: AsRef<str>>(pairs: &[(N, String)]) -> Vec<(&str, &str)> {
    pairs.iter().map(|(name, value)| (name.as_ref(), value.as_str())).collect()
}

proptest! {
    #![proptest_config(often())]

    #[test]
    fn every_filter_is_understood_or_named(
        pairs in prop::collection::vec((prop::sample::select(NAMES.to_vec()), hostile()), 0..8),
        units in prop::sample::select(vec![AmountsIn::Minor, AmountsIn::Major, AmountsIn::Typed(NumberFormat::PointComma, 2), AmountsIn::Typed(NumberFormat::PointComma, 3), AmountsIn::Typed(NumberFormat::SpaceComma, 0)]),
    ) {
        let (seal, pairs) = (seal(), borrowed(&pairs));
        quick(|| {
            // What was understood of any text prints back to itself, and has no fault any more.
            let (query, _) = OrderQuery::understood(pairs.iter().copied(), units, &seal);
            assert_eq!(OrderQuery::parse(borrowed(&query.pairs(units)), units, &seal), Ok(query));
            let (query, _) = JobQuery::understood(pairs.iter().copied(), &seal);
            assert_eq!(JobQuery::understood(borrowed(&query.pairs()), &seal).0, query);
            let (query, _) = AuditQuery::understood(pairs.iter().copied(), &seal);
            assert_eq!(AuditQuery::understood(borrowed(&query.pairs()), &seal).0, query);
            let (query, _) = ImportQuery::understood(pairs.iter().copied(), &seal);
            assert_eq!(ImportQuery::understood(borrowed(&query.pairs()), &seal).0, query);
            let (query, _) = TenantQuery::understood(pairs.iter().copied());
            assert_eq!(TenantQuery::understood(borrowed(&query.pairs())).0, query);
        });
    }

    #[test]
    fn order_json_is_taken_or_its_faults_are_named(text in json()) {
        let Ok(body) = serde_json::from_str::<Value>(&text) else { return Ok(()) };
        quick(|| {
            if let Err(faults) = Draft::checked_from_json(&body, DateTime::UNIX_EPOCH) {
                assert!(!faults.is_empty(), "{body}");
            }
        });
    }

    #[test]
    fn words_of_forms_are_taken_or_refused(text in hostile(), other in hostile()) {
        quick(|| {
            let _checked = (email::check(&text), slug::check(&text), people::check_role_name(&text));
            if let Ok(recipients) = Recipients::parse(&text) {
                assert!(recipients.addresses().len() <= text.len());
            }
            assert_eq!(link::from_segment(&link::segment(&text)), link::from_segment(&link::segment(&text)));
            assert!(link::escape(&text).is_ascii());
            let line = csv::line([text.as_str(), other.as_str()]);
            assert!(line.ends_with('\n') && !line.starts_with(['=', '+', '@', '\t']), "{line:?}");
            // A plain number may have a sign.
            let digits = text.strip_prefix('-').unwrap_or_default();
            let is_number = digits.starts_with(|c: char| c.is_ascii_digit()) && digits.parse::<f64>().is_ok();
            assert!(is_number || !line.starts_with('-'), "{line:?}");
        });
    }
}

// Bodies of orders with values in them that no order has, and names that no field has.
fn json() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        Just("null".to_owned()),
        "-?[0-9]{1,25}(\\.[0-9]{1,3})?(e[0-9]{1,3})?",
        hostile().prop_map(|text| Value::from(text).to_string()),
        "[\\[\\]{}\":,a-z0-9.-]{0,40}",
        Just("[".repeat(120)),
    ];
    let name = prop::sample::select(vec![
        "store",
        "number",
        "kind",
        "placed_at",
        "currency",
        "customer",
        "items",
        "discount",
        "shipping",
        "tax",
        "note",
        "tags",
        "sku",
        "title",
        "quantity",
        "unit_price",
        "email",
        "name",
        "x",
    ]);
    let object = |inner: BoxedStrategy<String>| {
        prop::collection::vec((name.clone(), inner), 0..6).prop_map(|fields| {
            let fields: Vec<String> = fields.into_iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
            format!("{{{}}}", fields.join(","))
        })
    };
    let list = |inner: BoxedStrategy<String>| {
        prop::collection::vec(inner, 0..4).prop_map(|values| format!("[{}]", values.join(",")))
    };
    let inner = object(value.boxed()).boxed();
    let deep = prop_oneof![inner.clone(), list(inner.clone()), "[0-9]{1,3}"].boxed();
    object(deep)
}
