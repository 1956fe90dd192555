//! The dashboard.

use std::sync::Arc;

use db::attention::Attention;
use db::dashboards::{Bucket, CurrencyPart, Dashboard, DashboardQuery, TopProduct};
use db::orders::counts::Count;
use domain::calendar::Tz;
use domain::fields::FieldErrors;
use domain::imports::ImportView;
use domain::orders::Figures;
use domain::period::{Period, Preset};

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
    render_chosen(currencies, latest, None)
}

fn render_chosen(currencies: Vec<CurrencyPart>, latest: usize, chosen: Option<Preset>) -> String {
    let period = Period { from: day("2026-03-01"), to: day("2026-03-03") };
    let before = Period { from: day("2026-02-26"), to: day("2026-02-28") };
    let product = |n: u128, code: &str| TopProduct {
        product: domain::ids::Uuid::from_u128(n).into(),
        title: HOSTILE.into(),
        quantity: 3,
        gross: 900,
        currency: code.parse().unwrap(),
    };
    let top_products = currencies.iter().zip(1..).map(|(part, n)| product(n, part.currency.code())).collect();
    let dashboard = Dashboard {
        period,
        compared: Some(before),
        running: true,
        today: day("2026-03-03"),
        zone: Tz::Europe__London,
        mixed_zones: false,
        as_of: now(),
        currencies,
        top_products,
    };
    let html = page(&DashboardPage {
        frame: frame(Section::Home),
        query: DashboardQuery { store: Some("shop".into()), ..DashboardQuery::default() },
        chosen,
        typed: Default::default(),
        faults: FieldErrors::default(),
        dashboard: Arc::new(dashboard),
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
        [
            "Gross sales",
            "Discounts",
            "Returns",
            "Net sales",
            "Shipping, tax and fees",
            "Total",
            "Orders",
            "Average order value"
        ]
    );
    assert_eq!(texts(&html, ".figure-value")[..3], ["£1,234.56", "£0.00", "£1.00"]);
    let links = attributes(&html, "a.figure", "href");
    assert_eq!(links[0], "/t/demo/orders?store=shop&status=open%2Cclosed&kind=sale&from=2026-03-01&to=2026-03-03");
    assert_eq!(links[2], "/t/demo/orders?store=shop&kind=return&from=2026-03-01&to=2026-03-03");
    assert_eq!(links[5], "/t/demo/orders?store=shop&from=2026-03-01&to=2026-03-03");
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
        texts(&html, ".card li a"),
        ["10,000+ unfulfilled ordersolder than 2 days", "1 import failedin the last 14 days"]
    );
    assert_eq!(
        attributes(&html, ".card li a", "href"),
        [
            "/t/demo/orders?store=shop&status=open&fulfilment=unfulfilled%2Cpartially_fulfilled&kind=sale&to=2026-02-28",
            "/t/demo/imports?store=shop&status=failed&from=2026-02-17"
        ]
    );
}

#[test]
fn from_zero_every_change_is_new() {
    let html = render(vec![part("GBP", 123_456)], 1);
    let changes = texts(&html, ".change");
    // What is nothing now as well has not changed.
    assert!(changes.iter().all(|c| c.ends_with("new") || c == "no change"), "{changes:?}");
    assert_eq!(changes.iter().filter(|c| c.ends_with("new")).count(), 6, "{changes:?}");
    assert!(!html.contains("100 %") && !html.contains(">0 %"), "{html}");
}

#[test]
fn currencies_stand_apart() {
    let html = render(vec![part("GBP", 123_456), part("EUR", 50_000)], 1);
    assert_eq!(texts(&html, "section > h2"), ["GBP", "EUR"]);
    assert_eq!(texts(&html, ".figure-value")[8], "€500.00");
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
    assert_eq!(texts(&render(vec![], 2), ".empty-title"), ["No orders in this period"]);
}

#[test]
fn one_period_is_lit_whichever_others_mean_the_same_days() {
    let lit = |chosen| {
        texts(
            &render_chosen(vec![part("GBP", 300)], 1, chosen),
            ".menu-form a[aria-current], .segments a[aria-current]",
        )
    };
    // On the third of March, three days are this month so far, and nothing else.
    assert_eq!(lit(None), ["This month"]);
    for preset in Preset::ALL.into_iter().chain(Preset::OF_CALENDAR) {
        assert_eq!(lit(Some(preset)), [preset.label()]);
    }
    let html = render(vec![part("GBP", 300)], 1);
    assert_eq!(attributes(&html, ".segments a", "href")[0], "/t/demo?period=today&store=shop");
    assert_eq!(texts(&html, ".segments a").len(), 7);
}

#[test]
fn products_rank_within_their_currency_and_lead_to_their_orders() {
    let html = render(vec![part("GBP", 300), part("HUF", 500_000)], 1);
    assert_eq!(texts(&html, "h3"), ["GBP", "HUF"]);
    let captions = texts(&html, "caption");
    assert!(captions.contains(&"Top products in HUF".to_owned()), "{captions:?}");
    let links = attributes(&html, "td a.clip", "href");
    let product = "product=00000000-0000-0000-0000-000000000001";
    assert_eq!(
        links[0],
        format!("/t/demo/orders?store=shop&status=open%2Cclosed&kind=sale&{product}&from=2026-03-01&to=2026-03-03")
    );
    assert_eq!(texts(&render(vec![part("GBP", 300)], 1), "h3"), [""; 0]);
}
