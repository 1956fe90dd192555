//! Queries that are understood, and those that are not.

use super::*;
use crate::page::seal;
use proptest::prelude::*;

#[test]
fn amounts_are_read_as_they_are_shown_and_as_addresses_have_them() {
    let least = |format: NumberFormat, text: &str| {
        OrderQuery::parse([("min", text)], AmountsIn::Typed(format), &seal()).map(|query| query.min)
    };
    for format in NumberFormat::ALL {
        for shown in [format.sample(), "1234.50", "1234.5"] {
            assert_eq!(least(format, shown), Ok(Some(123_450)), "{format} {shown}");
        }
    }
    assert_eq!(least(NumberFormat::PointComma, "1.300"), Ok(Some(130_000)));
    let fault = |format, text| least(format, text).unwrap_err().0[0].message.clone();
    assert_eq!(fault(NumberFormat::SpaceComma, "1,2,3"), "must be an amount such as 12,50");
    assert_eq!(fault(NumberFormat::CommaPoint, "12,50"), "must be an amount such as 12.50");
}

#[test]
fn every_fault_is_named() {
    let bad = [
        ("status", "gone"),
        ("from", "yesterday"),
        ("limit", "201"),
        ("cursor", "x"),
        ("min", "1.5"),
        ("sort", "up"),
        ("colour", "red"),
        ("to", "2026-02-30"),
    ];
    let errors = OrderQuery::parse(bad, AmountsIn::Minor, &seal()).unwrap_err();
    let names: Vec<_> = errors.0.iter().map(|e| e.field.as_str()).collect();
    assert_eq!(names, bad.map(|(name, _)| name));
}

#[test]
fn what_can_be_understood_stays() {
    let pairs = [("store", "north"), ("from", "yesterday"), ("status", "cancelled"), ("colour", "red")];
    let (query, errors) = OrderQuery::understood(pairs, AmountsIn::Major, &seal());
    assert_eq!((query.store.as_deref(), query.status), (Some("north"), Some(OrderStatus::Cancelled)));
    assert_eq!(errors.0.len(), 2);
    let backwards = [("from", "2026-03-02"), ("to", "2026-03-01"), ("min", "5")];
    let (query, errors) = OrderQuery::understood(backwards, AmountsIn::Major, &seal());
    assert_eq!((query.from, query.to, query.min), (None, None, Some(500)));
    assert_eq!(errors.0[0].field, "to");
}

#[test]
fn what_is_doubled_or_holds_control_characters_is_left_out() {
    let pairs = [
        ("status", "open"),
        ("status", "cancelled"),
        ("q", "a\0b"),
        ("store", "nor\u{7}th"),
        ("product", "x"),
        ("kind", "\tsale "),
    ];
    let (query, errors) = OrderQuery::understood(pairs, AmountsIn::Major, &seal());
    let names: Vec<_> = errors.0.iter().map(|e| e.field.as_str()).collect();
    assert_eq!(names, ["status", "q", "store", "product"]);
    assert_eq!((query.status, query.kind), (Some(OrderStatus::Open), Some(OrderKind::Sale)));
    assert_eq!((query.q, query.store, query.product), (None, None, None));
    assert!(OrderQuery::parse(pairs, AmountsIn::Minor, &seal()).is_err(), "programs are told");
}

#[test]
fn people_type_major_units() {
    let query =
        OrderQuery::parse([("min", "12.5"), ("max", "1,300"), ("status", "")], AmountsIn::Major, &seal()).unwrap();
    assert_eq!((query.min, query.max, query.status), (Some(1_250), Some(130_000), None));
    assert!(query.is_filtered() && !query.without("min").without("max").is_filtered());
}

proptest! {
    #[test]
    fn a_query_prints_back_to_itself(
        status in prop::option::of(prop::sample::select(vec!["open", "cancelled"])),
        q in prop::option::of("[a-z0-9@. ]{1,20}"),
        min in prop::option::of(-100_000_i64..100_000),
        product in prop::option::of(any::<u128>()),
        limit in 1_u64..=200,
        oldest in any::<bool>(),
        major_units in any::<bool>(),
    ) {
        let units = if major_units { AmountsIn::Major } else { AmountsIn::Minor };
        let query = OrderQuery {
            status: status.map(|s| s.parse().unwrap()),
            q: q.map(|q| q.trim().to_owned()).filter(|q| !q.is_empty()),
            product: product.map(|id| crate::ids::Uuid::from_u128(id).into()),
            min: min.filter(|m| !major_units || *m >= 0),
            sort: if oldest { Sort::Oldest } else { Sort::Newest },
            limit: Limit::new(limit).unwrap(),
            ..OrderQuery::default()
        };
        let pairs = query.pairs(units);
        let read = OrderQuery::parse(pairs.iter().map(|(n, v)| (*n, v.as_str())), units, &seal());
        prop_assert_eq!(read, Ok(query));
    }

    #[test]
    fn no_text_makes_it_panic(name in "[a-z]{0,10}", value in ".{0,40}") {
        let _ = OrderQuery::parse([(name.as_str(), value.as_str())], AmountsIn::Major, &seal());
    }
}
