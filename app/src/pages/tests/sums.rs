//! Whatever the figures are: the parts that a page shows add up to the sums that it shows, from what stands on it.

use std::sync::Arc;

use db::dashboards::{CurrencyPart, Dashboard, DashboardQuery};
use db::orders::neighbours::Neighbours;
use db::orders::summary::Summary;
use domain::fields::FieldErrors;
use domain::orders::{Figures, OrderKind, OrderQuery};
use domain::page::Page;
use domain::period::Period;
use proptest::prelude::*;

use super::fixtures::{day, detail, frame, now, order};
use super::texts;
use crate::frame::Section;
use crate::pages::dashboard::{DashboardPage, page};
use crate::pages::orders::{Asked, Found, OrderIndex, OrderPage, index, show};

// Minor units of what is written: digits and a sign.
fn minor(text: &str) -> i64 {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let amount: i64 = digits.parse().unwrap();
    if text.contains('\u{2212}') { -amount } else { amount }
}

// Behind its label, in texts such as `Gross £1.00`; nothing where it is not shown.
fn after(all: &[String], label: &str) -> i64 {
    all.iter().find_map(|text| text.strip_prefix(label)).map_or(0, minor)
}

fn add_up(gross: i64, [discounts, returns, extra]: [i64; 3], [net, total]: [i64; 2]) -> Result<(), TestCaseError> {
    prop_assert_eq!(gross - discounts - returns, net);
    prop_assert_eq!(net + extra, total);
    Ok(())
}

fn list(figures: Figures, query: OrderQuery) -> String {
    let found = Found {
        page: Page { rows: vec![order("1", 100)], newer: None, older: None },
        summary: Summary { found: 1, more: false, currencies: vec![("GBP".parse().unwrap(), figures)] },
        refunds: Vec::new(),
    };
    let (typed, faults) = (Vec::new(), FieldErrors::default());
    let frame = frame(Section::Orders);
    index(&OrderIndex { frame, query, typed, faults, found, product: None, counts: None, may_import: false })
        .with_nonce("N")
}

fn home(figures: Figures) -> String {
    let currency = "GBP".parse().unwrap();
    let (buckets, buckets_before) = (Vec::new(), Vec::new());
    let dashboard = Dashboard {
        period: Period { from: day("2026-03-01"), to: day("2026-03-03") },
        compared: None,
        running: true,
        today: day("2026-03-03"),
        zone: domain::calendar::Tz::UTC,
        mixed_zones: false,
        as_of: now(),
        currencies: vec![CurrencyPart { currency, now: figures, before: None, buckets, buckets_before }],
        top_products: Vec::new(),
    };
    page(&DashboardPage {
        frame: frame(Section::Home),
        query: DashboardQuery::default(),
        chosen: None,
        typed: Vec::new(),
        faults: FieldErrors::default(),
        dashboard: Arc::new(dashboard),
        latest: None,
        attention: Vec::new(),
        warnings: Vec::new(),
        today: day("2026-03-03"),
        calendar: Default::default(),
    })
    .with_nonce("N")
}

fn one(figures: &Figures) -> String {
    let total = figures.gross - figures.discounts + figures.shipping + figures.tax + figures.fees;
    let mut order = detail(order("1", total));
    (order.gross, order.discounts, order.shipping) = (figures.gross, figures.discounts, figures.shipping);
    (order.tax, order.fees) = (figures.tax, figures.fees);
    let (asked, within, neighbours) = (Asked::Nothing, OrderQuery::default(), Neighbours::default());
    let frame = frame(Section::Orders);
    show(&OrderPage {
        frame,
        order,
        neighbours,
        asked,
        may_write: false,
        may_cancel: false,
        may_refund: false,
        done: None,
        within,
    })
    .with_nonce("N")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn what_is_shown_adds_up(
        gross in 0_i64..9_000_000_000, discounts in 0_i64..9_000_000, returned in 0_i64..9_000_000,
        refunded in 0_i64..9_000_000, shipping in 0_i64..100_000, tax in -100_000_i64..100_000, fees in 0_i64..100_000,
    ) {
        let figures =
            Figures { orders: 2, gross, discounts, returned, refunded, shipping, tax, fees, ..Figures::default() };
        let strip = texts(&list(figures, OrderQuery::default()), "main span:has(> .money)");
        let of = |label: &str| after(&strip, &format!("{label} "));
        add_up(of("Gross sales"), [of("Discounts"), of("Returns"), of("Shipping, tax and fees")], [of("Net sales"), of("Total")])?;
        let returns = OrderQuery { kind: Some(OrderKind::Return), ..OrderQuery::default() };
        let strip = texts(&list(figures, returns), "main span:has(> .money)");
        let of = |label: &str| after(&strip, &format!("{label} "));
        prop_assert_eq!(of("Return orders") + of("Refunds"), of("Returns"));

        let html = home(figures);
        let (labels, values) = (texts(&html, ".figure-label"), texts(&html, ".figure-value"));
        let of = |label: &str| minor(&values[labels.iter().position(|l| l == label).unwrap()]);
        let parts = [of("Discounts"), of("Returns"), of("Shipping, tax and fees")];
        add_up(of("Gross sales"), parts, [of("Net sales"), of("Total")])?;

        let html = one(&figures);
        let (labels, values) = (texts(&html, ".sums dt"), texts(&html, ".sums dd"));
        let of = |label: &str| labels.iter().position(|l| l == label).map_or(0, |at| minor(&values[at]));
        let parts = ["Items", "Discounts", "Shipping", "Tax", "Fees"].map(of);
        prop_assert_eq!(parts.iter().sum::<i64>(), of("Total"));
    }
}
