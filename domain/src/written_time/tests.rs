//! Times in the notations of shops, spreadsheets and databases, and what none of them can tell.

use chrono::FixedOffset;
use proptest::prelude::*;

use super::*;

fn local(text: &str, order: DayOrder) -> Option<String> {
    match read(text, order) {
        Ok(WrittenTime::Local(at)) => Some(at.format("%FT%T%.f").to_string()),
        _ => None,
    }
}

fn at(text: &str) -> Option<String> {
    match read(text, DayOrder::ANY) {
        Ok(WrittenTime::Instant(at)) => Some(at.format("%FT%T%.fZ").to_string()),
        _ => None,
    }
}

fn order(texts: &[&str]) -> DayOrder {
    let mut order = DayOrder::ANY;
    texts.iter().for_each(|text| order.note(text));
    order
}

#[test]
fn moments_are_read_with_their_offsets() {
    for text in [
        "2026-05-01T09:59:00+02:00",
        "2026-05-01T07:59:00Z",
        "2026-05-01t07:59:00z",
        "2026-05-01 09:59:00 +0200",
        "2026-05-01T09:59:00+0200",
        "2026-05-01T09:59:00+02",
        "2026-05-01T09:59+02:00",
        "2026-05-01 07:59:00 UTC",
        "2026-05-01 07:59 GMT",
        "2026-05-01 09:59:00.000 +02:00",
        "2026-05-01T09:59:00,000+02:00",
        "2026-05-01T02:59:00\u{2212}05:00",
        "20260501T075900Z",
        "20260501T0959+0200",
        "Fri, 01 May 2026 09:59:00 +0200",
        "Fri May 01 2026 09:59:00 GMT+0200 (Central European Summer Time)",
        "2026/05/01 09:59:00 +0200",
        "1.5.2026 9:59 +02:00",
        " 2026-05-01T07:59:00Z\u{a0}",
    ] {
        assert_eq!(at(text).as_deref(), Some("2026-05-01T07:59:00Z"), "{text}");
    }
    assert_eq!(at("2026-05-01T09:59:00.123456789+02:00").as_deref(), Some("2026-05-01T07:59:00.123456789Z"));
    for text in
        ["2026-05-01 09:59 CET", "2026-05-01 09:59 +2:0", "2026-05-01 09:59 +25:00", "2026-05-01T09:59:00+02:60"]
    {
        assert_eq!((at(text), local(text, DayOrder::ANY)), (None, None), "{text}");
    }
}

#[test]
fn wall_clocks_are_read_in_the_notations_of_shops() {
    for text in [
        "2026-05-01 14:02:00",
        "2026-05-01T14:02",
        "2026-05-01 14:02:00.000",
        "2026/05/01 14:02",
        "2026/5/1 14:02",
        "2026.05.01 14:02",
        "2026-May-01 14:02",
        "1.5.2026 14:02",
        "01.05.2026 14:02:00",
        "1. 5. 2026 14:02",
        "01.05.2026, 14:02",
        "May 1, 2026 2:02 PM",
        "May 1, 2026 @ 2:02 pm",
        "May 1st, 2026 at 2:02 p.m.",
        "1 May 2026 14:02",
        "01-May-2026 02:02PM",
        "Friday, May 1, 2026 2:02\u{202f}PM",
        "20260501T1402",
    ] {
        assert_eq!(local(text, DayOrder::ANY).as_deref(), Some("2026-05-01T14:02:00"), "{text}");
    }
    for (text, at) in [("5/1/2026 12:00 AM", "2026-05-01T00:00:00"), ("5/1/2026 12:30 PM", "2026-05-01T12:30:00")] {
        assert_eq!(local(text, DayOrder::MONTH_FIRST).as_deref(), Some(at), "{text}");
    }
    for (text, at) in [
        ("12/1/10 8:26", "2010-12-01T08:26:00"),
        ("2/28/2011 23:59:01", "2011-02-28T23:59:01"),
        ("1/2/99 0:00", "1999-01-02T00:00:00"),
        ("2026-03-01 14:02", "2026-03-01T14:02:00"),
        ("2026-03-01T14:02:09", "2026-03-01T14:02:09"),
    ] {
        assert_eq!(local(text, DayOrder::MONTH_FIRST).as_deref(), Some(at), "{text}");
    }
}

#[test]
fn days_without_a_time_and_times_that_no_clock_shows_are_refused() {
    for text in [
        "",
        "12/1/10",
        "2/30/10 8:26",
        "12/1/10 24:00",
        "12/1/10 8:6",
        "12/1/1 8:26",
        "2010-12-1 08:26",
        "+1/+2/10 8:26",
        "1/2/3/10 8:26",
        "12/1/10 8:26:00:00",
        "12/1/010 8:26",
        "2026-02-29 10:00",
        "2026-05-01",
        "46143.5",
        "1777622340",
        "5/1/2026 13:00 PM",
        "5/1/2026 0:30 am",
        "2026-05-01 10:00 x",
        "1.13.2026 9:59",
        "May 2026 10:00",
        "yesterday",
    ] {
        assert_eq!((local(text, DayOrder::MONTH_FIRST), at(text)), (None, None), "{text}");
    }
}

#[test]
fn a_day_of_numbers_is_read_only_when_it_is_one_day() {
    let several = |text: &str, order| match read(text, order) {
        Err(TimeFault::SeveralDays(days)) => days.iter().map(NaiveDate::to_string).collect(),
        other => vec![format!("{other:?}")],
    };
    assert_eq!(several("3/5/2026 9:59", DayOrder::ANY), ["2026-03-05", "2026-05-03"]);
    assert_eq!(several("03-05-2026 9:59", DayOrder::ANY), ["2026-03-05", "2026-05-03"]);
    assert_eq!(several("03/05/26 9:59", DayOrder::ANY), ["2003-05-26", "2026-03-05", "2026-05-03"]);
    for (text, day) in
        [("5/5/2026 9:59", "2026-05-05"), ("13/5/2026 9:59", "2026-05-13"), ("5/13/2026 9:59", "2026-05-13")]
    {
        assert_eq!(local(text, DayOrder::ANY), Some(format!("{day}T09:59:00")), "{text}");
    }
    for (text, order, day) in [
        ("3/5/2026 9:59", DayOrder::DAY_FIRST, "2026-05-03"),
        ("3/5/2026 9:59", DayOrder::MONTH_FIRST, "2026-03-05"),
        ("03/05/26 9:59", DayOrder::YEAR_FIRST, "2003-05-26"),
    ] {
        assert_eq!(local(text, order), Some(format!("{day}T09:59:00")), "{text}");
    }
}

#[test]
fn the_days_of_a_file_show_their_order() {
    assert_eq!(order(&["3/5/2026 9:59", "13/5/2026 9:59"]), DayOrder::DAY_FIRST);
    assert_eq!(order(&["3/5/2026 9:59", "5/13/2026 9:59", "2026-05-13 9:59"]), DayOrder::MONTH_FIRST);
    assert_eq!(order(&["12/1/10 8:26", "12/15/10 8:26"]), DayOrder::MONTH_FIRST);
    assert_eq!(order(&["2026-05-13 9:59", "", "x", "May 3, 2026 9:59", "13/13/10 9:59"]), DayOrder::ANY);
    // Days that contradict each other show nothing, and no rule outweighs that.
    let none = order(&["13/5/2026 9:59", "5/13/2026 9:59"]).or_usual(DayOrder::MONTH_FIRST);
    assert!(matches!(read("3/5/2026 9:59", none), Err(TimeFault::SeveralDays(_))));
    assert!(read("13/5/2026 9:59", none).is_ok());
    assert_eq!(order(&["13/5/2026 9:59"]).or_usual(DayOrder::MONTH_FIRST), DayOrder::DAY_FIRST);
    assert_eq!(order(&["3/5/2026 9:59"]).or_usual(DayOrder::MONTH_FIRST), DayOrder::MONTH_FIRST);
}

#[test]
fn programs_send_moments() {
    let moment = |text| instant(text).map(|at| at.to_rfc3339());
    for text in
        ["2026-05-01T09:59:00+02:00", "2026-05-01T09:59:00+0200", "2026-05-01 09:59:00 +02", "2026-05-01t07:59z"]
    {
        assert_eq!(moment(text).as_deref(), Some("2026-05-01T07:59:00+00:00"), "{text}");
    }
    for text in
        ["2026-05-01T09:59:00", "1.5.2026 9:59 +02:00", "May 1, 2026 9:59 +0200", "2026-05-01", "", "2026-05-01Z"]
    {
        assert_eq!(moment(text), None, "{text}");
    }
    assert_eq!(
        instant("2026-05-01T09:59:60+0200"),
        DateTime::parse_from_rfc3339("2026-05-01T09:59:60+02:00").ok().map(Into::into)
    );
}

proptest! {
    #[test]
    fn a_moment_is_the_same_in_every_notation(
        seconds in 631_152_000_i64..4_102_444_800,
        quarters in -48_i32..=56,
        form in prop::sample::select(vec![
            "%FT%T%:z", "%F %T %z", "%FT%T%z", "%Y/%m/%d %T %z", "%d.%m.%Y %T %:z", "%a, %d %b %Y %T %z", "%B %e, %Y %I:%M:%S %p %z",
            "%Y%m%dT%H%M%S%z", "%d-%b-%Y %H:%M:%S %z", "%a %b %d %Y %H:%M:%S GMT%z (zone)",
        ]),
    ) {
        let at = DateTime::from_timestamp(seconds, 0).unwrap();
        let text = at.with_timezone(&FixedOffset::east_opt(quarters * 900).unwrap()).format(form).to_string();
        prop_assert_eq!(read(&text, DayOrder::ANY), Ok(WrittenTime::Instant(at)), "{}", text);
    }

    #[test]
    fn no_day_is_taken_for_another(day in 1_u32..=28, month in 1_u32..=12, sign in "[-/.]", order in prop::sample::select(vec![0_u8, 1, 2, 3])) {
        let text = format!("{day}{sign}{month}{sign}2026 9:59");
        if let Ok(WrittenTime::Local(read)) = read(&text, DayOrder(order)) {
            let as_days = NaiveDate::from_ymd_opt(2026, month, day);
            let as_months = NaiveDate::from_ymd_opt(2026, day, month).filter(|_| sign != ".");
            prop_assert!(Some(read.date()) == as_days || Some(read.date()) == as_months);
            // One of the two is impossible, the same, or excluded.
            prop_assert!(as_months.is_none() || as_months == as_days || order == 1 || order == 2, "{}", text);
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in ".{0,40}", figures in "[0-9/: .TtZ+apmMay,@()-]{0,30}") {
        for text in [&text, &figures] {
            let _ = (read(text, DayOrder::ANY), instant(text));
            order(&[text.as_str()]);
        }
    }
}
