//! The dashboard.

use std::sync::Arc;

use db::attention::Attention;
use db::dashboards::{Bucket, CurrencyPart, Dashboard, DashboardQuery, TopProduct};
use db::orders::counts::Count;
use domain::calendar::Tz;
use domain::fields::FieldErrors;
use domain::imports::ImportView;
use domain::orders::Figures;
use domain::period::Period;

use super::fixtures::{HOSTILE, day, frame, now, order};
use super::{assert_clean, attributes, texts};
use crate::frame::Section;
use crate::pages::dashboard::{DashboardPage, page};

fn figures(gross: i64) -> Figures {
    Figures { orders: 2, gross, refunded: 100, ..Figures::default() }
}

fn part(code: &str, gross: i64) -> CurrencyPart {
    let bucket = |n: u32| Bucket {
        label: format!("{n} Mar"),
        day: day(&format!("2026-03-0{n}")),
        figures: figures(gross / 3),
        running: n == 3,
    };
    CurrencyPart {
        currency: code.parse().unwrap(),
        now: figures(gross),
        before: Some(Figures::default()),
        buckets: (1..=3).map(bucket).collect(),
        buckets_before: Vec::new(),
    }
}

fn render(currencies: Vec<CurrencyPart>, latest: usize) -> String {
    let period = Period { from: day("2026-03-01"), to: day("2026-03-03") };
    let before = Period { from: day("2026-02-26"), to: day("2026-02-28") };
    let product = TopProduct {
        title: HOSTILE.into(),
        sku: "85123A".into(),
        quantity: 3,
        gross: 900,
        currency: "GBP".parse().unwrap(),
    };
    let dashboard = Dashboard {
        period,
        compared: Some(before),
        running: true,
        today: day("2026-03-03"),
        zone: Tz::Europe__London,
        mixed_zones: false,
        as_of: now(),
        currencies,
        top_products: vec![product],
    };
    let html = page(DashboardPage {
        frame: frame(Section::Home),
        query: DashboardQuery { store: Some("shop".into()), ..DashboardQuery::default() },
        typed: Default::default(),
        faults: FieldErrors::default(),
        dashboard: Some(Arc::new(dashboard)),
        latest: Some((0..latest).map(|n| order(&n.to_string(), 100)).collect()),
        attention: attention(),
        warnings: Vec::new(),
        today: day("2026-03-03"),
        calendar: Default::default(),
    })
    .with_nonce("N");
    assert_clean(&html);
    html
}

#[test]
fn each_figure_leads_to_the_orders_behind_it() {
    let html = render(vec![part("GBP", 123_456)], 1);
    assert_eq!(
        texts(&html, ".figure-label"),
        ["Gross sales", "Returns", "Net sales", "Total", "Orders", "Average order"]
    );
    assert_eq!(texts(&html, ".figure-value")[..2], ["£1,234.56", "£1.00"]);
    let links = attributes(&html, "a.figure", "href");
    assert_eq!(links[0], "/t/demo/orders?store=shop&status=open&kind=sale&from=2026-03-01&to=2026-03-03");
    assert_eq!(links[1], "/t/demo/orders?store=shop&kind=return&from=2026-03-01&to=2026-03-03");
    assert_eq!(links[3], "/t/demo/orders?store=shop&from=2026-03-01&to=2026-03-03");
}

fn attention() -> Vec<Attention> {
    let count = |number, more| Count { number, more };
    vec![
        Attention::Overdue { count: count(10_000, true), to: day("2026-02-28") },
        Attention::Imports { view: ImportView::Failed, count: count(1, false), from: day("2026-02-17") },
    ]
}

#[test]
fn what_needs_doing_leads_to_the_list_that_shows_exactly_that() {
    let html = render(vec![part("GBP", 300), part("EUR", 100)], 1);
    assert_eq!(
        texts(&html, ".todo-item"),
        ["10,000+ orders wait to be fulfilledfor more than 2 days", "1 import failedin the last 14 days"]
    );
    assert_eq!(
        attributes(&html, ".todo-item", "href"),
        [
            "/t/demo/orders?store=shop&status=open&fulfilment=unfulfilled&kind=sale&to=2026-02-28",
            "/t/demo/imports?store=shop&status=failed&from=2026-02-17"
        ]
    );
}

#[test]
fn from_zero_every_change_is_new() {
    let html = render(vec![part("GBP", 123_456)], 1);
    let changes = texts(&html, ".change");
    assert!(changes.iter().all(|c| c.ends_with("new")), "{changes:?}");
    assert!(!html.contains("100 %") && !html.contains(">0 %"), "{html}");
}

#[test]
fn currencies_stand_apart() {
    let html = render(vec![part("GBP", 123_456), part("EUR", 50_000)], 1);
    assert_eq!(texts(&html, "h2.currency"), ["GBP", "EUR"]);
    assert_eq!(texts(&html, ".figure-value")[6], "€500.00");
    assert!(!html.contains("1,734.56"), "{html}");
}

#[test]
fn the_days_and_their_zone_are_named() {
    let html = render(vec![part("GBP", 300)], 1);
    assert_eq!(texts(&html, ".note"), ["1 Mar \u{2013} 3 Mar 2026 · as of 14:00, Europe/London"]);
    assert!(texts(&html, ".chart-table td").contains(&"£0.00".to_owned()), "{html}");
}

#[test]
fn no_orders_at_all_and_none_in_these_days_are_told_apart() {
    assert_eq!(texts(&render(vec![], 0), ".empty-title"), ["No orders yet"]);
    assert_eq!(texts(&render(vec![], 2), ".empty-title"), ["Nothing in these days"]);
}

#[test]
fn days_that_make_no_sense_keep_what_was_typed() {
    let html = page(DashboardPage {
        frame: frame(Section::Home),
        query: DashboardQuery::default(),
        typed: ("2026-03-05".into(), "2026-03-04".into()),
        faults: FieldErrors::one("to", "must not be before from"),
        dashboard: None,
        latest: Some(Vec::new()),
        attention: Vec::new(),
        warnings: Vec::new(),
        today: day("2026-03-03"),
        calendar: Default::default(),
    })
    .with_nonce("N");
    assert_clean(&html);
    assert_eq!(attributes(&html, "#f-from", "value"), ["2026-03-05"]);
    assert_eq!(texts(&html, "#f-to-note"), ["Must not be before from."]);
    assert!(texts(&html, ".notice")[0].ends_with("To: Must not be before from."), "{html}");
    assert_eq!(texts(&html, ".segments a").len(), 7, "the usual days are offered all the same");
}
