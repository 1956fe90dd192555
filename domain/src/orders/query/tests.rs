//! Queries that are understood, and those that are not.

use super::*;
use crate::money::Mark;
use crate::page::seal;
use proptest::prelude::*;

#[test]
fn amounts_are_read_as_they_are_shown_and_as_addresses_have_them() {
    let least = |format: NumberFormat, text: &str| {
        let query = OrderQuery::parse([("min", text)], AmountsIn::Typed(format, 2), &seal());
        query.map(|query| query.min.map(|min| min.at_least(2)))
    };
    for format in NumberFormat::ALL {
        for shown in [format.sample(), "1234.50", "1234.5"] {
            assert_eq!(least(format, shown), Ok(Some(123_450)), "{format} {shown}");
        }
    }
    assert_eq!(least(NumberFormat::PointComma, "1.300"), Ok(Some(130_000)));
    let fault = |format, text| least(format, text).unwrap_err().0[0].message.clone();
    assert_eq!(fault(NumberFormat::SpaceComma, "1,2,3"), "Enter an amount such as 12,50.");
    assert_eq!(fault(NumberFormat::CommaPoint, "12,50"), "Enter an amount such as 12.50.");
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
    assert_eq!((query.store.as_deref(), query.status), (Some("north"), AnyOf::new([OrderStatus::Cancelled])));
    assert_eq!(errors.0.len(), 2);
    let backwards = [("from", "2026-03-02"), ("to", "2026-03-01"), ("min", "5")];
    let (query, errors) = OrderQuery::understood(backwards, AmountsIn::Major, &seal());
    assert_eq!((query.from, query.to, query.min.map(|min| min.at_least(2))), (None, None, Some(500)));
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
    assert_eq!((query.status, query.kind), (AnyOf::new([OrderStatus::Open]), Some(OrderKind::Sale)));
    assert_eq!((query.q, query.store, query.product), (None, None, None));
    assert!(OrderQuery::parse(pairs, AmountsIn::Minor, &seal()).is_err(), "programs are told");
}

#[test]
fn people_type_major_units() {
    let query =
        OrderQuery::parse([("min", "12.5"), ("max", "1,300"), ("status", "")], AmountsIn::Major, &seal()).unwrap();
    let (min, max) = (query.min.map(|min| min.at_least(2)), query.max.map(|max| max.at_most(2)));
    assert_eq!((min, max, &query.status), (Some(1_250), Some(130_000), &AnyOf::default()));
    assert!(query.is_filtered() && !query.without("min").without("max").is_filtered());
}

fn major(text: &str) -> Bound {
    Bound::Major(Decimal::read(text, Currency::MAX_DECIMALS, Notation::Decimals(Mark::Point)).unwrap())
}

#[test]
fn each_currency_is_compared_by_its_own_decimals() {
    for (text, least, most) in [
        ("1000", [1_000, 100_000, 1_000_000, 10_000_000], [1_000, 100_000, 1_000_000, 10_000_000]),
        ("12.5", [13, 1_250, 12_500, 125_000], [12, 1_250, 12_500, 125_000]),
        ("1.234", [2, 124, 1_234, 12_340], [1, 123, 1_234, 12_340]),
        ("-1.5", [-1, -150, -1_500, -15_000], [-2, -150, -1_500, -15_000]),
    ] {
        assert_eq!([0, 2, 3, 4].map(|decimals| major(text).at_least(decimals)), least, "{text}");
        assert_eq!([0, 2, 3, 4].map(|decimals| major(text).at_most(decimals)), most, "{text}");
    }
    assert_eq!(Bound::Minor(7).at_least(0), Bound::Minor(7).at_most(3));
}

#[test]
fn no_typed_amount_has_more_decimals_than_the_currencies() {
    let read = |text: &str, decimals| {
        let query = OrderQuery::parse([("min", text)], AmountsIn::Typed(NumberFormat::CommaPoint, decimals), &seal());
        query.map(|query| query.min.map(|min| min.at_least(decimals))).map_err(|faults| faults.0[0].message.clone())
    };
    assert_eq!((read("1,500", 0), read("1000", 0), read("10.00", 0)), (Ok(Some(1_500)), Ok(Some(1_000)), Ok(Some(10))));
    assert_eq!((read("1.234", 3), read("1.23", 3)), (Ok(Some(1_234)), Ok(Some(1_230))));
    for (text, decimals) in [("10.5", 0), ("1.500", 0), ("1.500", 2), ("1.234", 2), ("1.2345", 3)] {
        assert_eq!(
            read(text, decimals).unwrap_err(),
            "Use no more decimals than the currency has.",
            "{text} {decimals}"
        );
    }
}

#[test]
fn integers_of_parameters_may_have_a_point() {
    let query =
        OrderQuery::parse([("min", "1999.0"), ("max", "2e3"), ("limit", "10.0")], AmountsIn::Minor, &seal()).unwrap();
    assert_eq!((query.min, query.max), (Some(Bound::Minor(1_999)), Some(Bound::Minor(2_000))));
    assert_eq!(query.limit.rows(), 10);
}

proptest! {
    #[test]
    fn a_url_means_the_same_query_in_every_number_format(
        digits in -1_000_000_000_i64..1_000_000_000,
        places in 0_u32..=4,
        format in prop::sample::select(NumberFormat::ALL.to_vec()),
    ) {
        let unit = 10_i64.pow(places);
        let sign = if digits < 0 { "-" } else { "" };
        let text = format!("{sign}{}.{:0width$}", digits.abs() / unit, digits.abs() % unit, width = places as usize);
        let query = OrderQuery { min: Some(major(&text)), ..OrderQuery::default() };
        let read = |pairs: Vec<(&str, String)>, amounts| {
            OrderQuery::parse(pairs.iter().map(|(n, v)| (*n, v.as_str())), amounts, &seal()).map(|query| query.min)
        };
        let typed = AmountsIn::Typed(format, Currency::MAX_DECIMALS);
        prop_assert_eq!(read(query.pairs(AmountsIn::Major), typed), Ok(query.min));
        prop_assert_eq!(read(query.pairs(AmountsIn::Major), AmountsIn::Major), Ok(query.min));
        prop_assert_eq!(read(query.pairs(typed), typed), Ok(query.min));
    }

    #[test]
    fn a_query_prints_back_to_itself(
        status in prop::sample::subsequence(OrderStatus::ALL.to_vec(), 0..=3).prop_shuffle(),
        payment in prop::sample::subsequence(PaymentStatus::ALL.to_vec(), 0..=7).prop_shuffle(),
        q in prop::option::of("[a-z0-9@. ]{1,20}"),
        min in prop::option::of(-100_000_i64..100_000),
        product in prop::option::of(any::<u128>()),
        limit in 1_u64..=200,
        oldest in any::<bool>(),
        major_units in any::<bool>(),
    ) {
        let units = if major_units { AmountsIn::Major } else { AmountsIn::Minor };
        let query = OrderQuery {
            status: AnyOf::new(status),
            payment: AnyOf::new(payment),
            q: q.map(|q| q.trim().to_owned()).filter(|q| !q.is_empty()),
            product: product.map(|id| crate::ids::Uuid::from_u128(id).into()),
            min: min.map(|min| if major_units { major(&format!("{min}.{:02}", min.unsigned_abs() % 100)) } else { Bound::Minor(min) }),
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
