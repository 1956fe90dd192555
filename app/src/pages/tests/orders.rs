//! The order list and one order.

use db::orders::counts::{Count, ViewCounts};
use db::orders::neighbours::{Neighbours, OrderName};
use db::orders::summary::Summary;
use domain::fields::FieldErrors;
use domain::orders::any_of::AnyOf;
use domain::orders::query::AmountsIn;
use domain::orders::refund::Parts;
use domain::orders::{Figures, OrderKind, OrderQuery, OrderStatus};
use domain::page::Page;

use super::fixtures::{HOSTILE, day, detail, frame, now, order, seal};
use super::{assert_clean, attributes, texts};
use crate::frame::Section;
use crate::pages::orders::{Asked, Filled, Found, OrderIndex, OrderPage, index, show};

fn list(query: OrderQuery, rows: Vec<db::orders::OrderRow>) -> String {
    let figures = Figures { orders: 1, gross: 1_250, ..Figures::default() };
    let found = i64::try_from(rows.len()).unwrap();
    let currencies = if rows.is_empty() { Vec::new() } else { vec![("GBP".parse().unwrap(), figures)] };
    let html = index(&OrderIndex {
        frame: frame(Section::Orders),
        query,
        typed: Vec::new(),
        faults: FieldErrors::default(),
        found: Found {
            page: Page { rows, newer: None, older: None },
            summary: Summary { found, more: false, currencies },
            refunds: Vec::new(),
        },
        product: None,
        counts: Some(counts()),
        may_import: true,
    })
    .with_nonce("N");
    assert_clean(&html);
    html
}

fn counts() -> ViewCounts {
    let number = |number, more| Count { number, more };
    ViewCounts {
        all: number(12_345, false),
        to_fulfil: number(10_000, true),
        unpaid: number(2, false),
        partly_refunded: number(0, false),
        returns: number(1, false),
        cancelled: number(20, false),
    }
}

/// The page of one order.
pub fn one(asked: Asked, may: bool, change: impl FnOnce(&mut db::orders::OrderDetail)) -> String {
    one_within(OrderQuery::default(), asked, may, change)
}

/// A form that was refused for one reason.
pub fn filled(typed: &[(&str, &str)], (field, message): (&str, &str)) -> Filled {
    let typed = typed.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    Filled { typed, faults: FieldErrors::one(field, message) }
}

fn one_within(
    within: OrderQuery,
    asked: Asked,
    may: bool,
    change: impl FnOnce(&mut db::orders::OrderDetail),
) -> String {
    let mut order = detail(order("10/4?8#2", 4_000));
    change(&mut order);
    let frame = frame(Section::Orders);
    let newer = Some(OrderName { store: "shop".into(), number: "..".into() });
    let neighbours = Neighbours { newer, older: None };
    let page = OrderPage {
        frame,
        order,
        neighbours,
        asked,
        may_write: may,
        may_cancel: may,
        may_refund: may,
        done: None,
        within,
    };
    let html = show(&page).with_nonce("N");
    assert_clean(&html);
    html
}

#[test]
fn hostile_text_stays_text() {
    let html = list(OrderQuery { q: Some(HOSTILE.into()), ..OrderQuery::default() }, vec![order(HOSTILE, 1_250)]);
    assert!(!html.contains("<script>alert") && !html.contains("\"><b>"), "{html}");
    assert_eq!(texts(&html, "tbody .clip"), [HOSTILE]);
    let html = one(Asked::Nothing, true, |_| {});
    assert!(!html.contains("<script>alert"), "{html}");
}

#[test]
fn a_row_says_when_who_and_how_much() {
    let html = list(OrderQuery::default(), vec![order("10482", 123_456)]);
    let cells = texts(&html, "tbody td");
    assert_eq!(cells[0], "#10482");
    assert_eq!(cells[1], "today 13:02");
    assert_eq!(cells[5..], ["PaidTo fulfil", "£1,234.56"]);
    assert_eq!(attributes(&html, "tbody time", "title"), ["3 March 2026, 13:02:00 Europe/London"]);
    assert_eq!(texts(&html, "[aria-label='Totals'] > :first-child"), ["1 order"]);
}

#[test]
fn the_head_of_the_column_names_the_zone_of_all_its_rows() {
    let mut far = order("2", 100);
    far.store = "far".into();
    let html = list(OrderQuery::default(), vec![order("1", 100), far]);
    assert!(
        texts(&html, "th")[1].starts_with("Placed") && texts(&html, "th")[1].ends_with("(Europe/London)"),
        "{html}"
    );
    assert_eq!(texts(&html, "tbody time"), ["today 13:02", "today 13:02"]);
    assert_eq!(texts(&html, ".zone-note"), ["Times are in Europe/London."]);
}

#[test]
fn a_number_with_a_sign_of_its_own_gets_no_second_one() {
    let html = list(OrderQuery::default(), vec![order("#1001", 100), order("1002", 100), order("No. 7", 100)]);
    assert_eq!(texts(&html, ".row-link"), ["#1001", "#1002", "No. 7"]);
    let html = one(Asked::Nothing, true, |d| d.order.number = "#1001".into());
    assert_eq!(texts(&html, "h1"), ["#1001"]);
}

#[test]
fn an_order_and_its_neighbours_stay_in_the_list_they_were_come_to_from() {
    let within = OrderQuery { status: AnyOf::new([OrderStatus::Open]), ..OrderQuery::default() };
    let html = one_within(within, Asked::Nothing, true, |_| {});
    assert_eq!(attributes(&html, ".btn-pair a", "href"), ["/t/demo/orders/shop/~..?status=open"]);
    assert!(attributes(&html, "main a", "href").contains(&"/t/demo/orders?status=open".to_owned()), "{html}");
}

#[test]
fn a_free_order_was_not_paid() {
    let html = one(Asked::Refund(Filled::default()), true, |d| {
        d.order.total = 0;
        d.gross = 0;
        (d.standing.amounts.gross, d.standing.paid) = (0, 0);
    });
    assert!(texts(&html, ".pill").contains(&"Free".to_owned()), "{html}");
    assert!(texts(&html, ".notice")[0].starts_with("This order was free"), "{html}");
    assert!(!html.contains("nothing left to refund"), "{html}");
}

#[test]
fn nothing_at_all_and_nothing_found_are_told_apart() {
    assert_eq!(texts(&list(OrderQuery::default(), vec![]), ".empty-title"), ["No orders yet"]);
    let query = OrderQuery { status: AnyOf::new([OrderStatus::Cancelled]), ..OrderQuery::default() };
    let html = list(query, vec![]);
    assert_eq!(texts(&html, ".empty-title"), ["No matching orders"]);
    assert_eq!(attributes(&html, ".chip", "href"), ["/t/demo/orders"]);
}

#[test]
fn bad_filters_keep_what_was_typed_beside_the_message() {
    let typed: Vec<(String, String)> =
        [("from", "yesterday"), ("q", "ana"), ("colour", "red")].map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec();
    let faults =
        OrderQuery::parse(typed.iter().map(|(n, v)| (n.as_str(), v.as_str())), AmountsIn::Major, &seal()).unwrap_err();
    let frame = frame(Section::Orders);
    let query = OrderQuery::default();
    let nothing = Summary { found: 0, more: false, currencies: Vec::new() };
    let page = Page { rows: vec![], newer: None, older: None };
    let found = Found { page, summary: nothing, refunds: Vec::new() };
    let page = OrderIndex { frame, query, typed, faults, found, product: None, counts: None, may_import: false };
    let html = index(&page).with_nonce("N");
    assert_clean(&html);
    assert_eq!(attributes(&html, "#f-from", "value"), ["yesterday"]);
    assert_eq!(attributes(&html, ".filters [name=q]", "value"), ["ana"]);
    assert_eq!(texts(&html, "#f-from-note"), ["Enter a date such as 2026-03-01."]);
    assert_eq!(texts(&html, ".chip-ignored"), ["Ignored: from = yesterday", "Ignored: colour = red"]);
    assert_eq!(attributes(&html, ".chip-ignored", "href")[1], "/t/demo/orders?from=yesterday&q=ana");
}

#[test]
fn actions_are_offered_only_to_those_who_may_and_where_the_rule_allows() {
    let offered = |html: &str| texts(html, ".page-head .actions > a, .page-head .actions > form");
    assert_eq!(
        offered(&one(Asked::Nothing, true, |_| {})),
        ["Fulfil items", "Refund", "Edit", "Hold", "Close order", "Cancel order"]
    );
    assert!(offered(&one(Asked::Nothing, false, |_| {})).is_empty());
    let cancelled = |d: &mut db::orders::OrderDetail| {
        d.order.status = OrderStatus::Cancelled;
        d.standing.status = OrderStatus::Cancelled;
    };
    assert_eq!(offered(&one(Asked::Nothing, true, cancelled)), ["Refund", "Edit"]);
    let returned = |d: &mut db::orders::OrderDetail| {
        d.order.kind = OrderKind::Return;
        d.standing.kind = OrderKind::Return;
    };
    assert_eq!(offered(&one(Asked::Nothing, true, returned)), ["Edit", "Close order"]);
    assert!(offered(&one(Asked::Pay(Filled::default()), true, |_| {})).is_empty(), "a form is open");
    assert_eq!(
        attributes(&one(Asked::Nothing, true, |_| {}), ".page-head .actions > a", "href")[1],
        "/t/demo/orders/shop/10%2F4%3F8%232/refund"
    );
}

#[test]
fn views_say_how_many_orders_they_find() {
    let html = list(OrderQuery::default(), vec![order("1", 100)]);
    let tabs = texts(&html, ".tabs a");
    assert_eq!(
        tabs,
        [
            "All 12,345",
            "Unpaid 2",
            "To fulfil 10,000+",
            "Open",
            "Closed",
            "Partly refunded",
            "Returns 1",
            "Cancelled 20"
        ]
    );
}

#[test]
fn an_order_leads_to_its_neighbours() {
    let html = one(Asked::Nothing, true, |_| {});
    assert_eq!(attributes(&html, ".btn-pair a", "href"), ["/t/demo/orders/shop/~.."]);
    assert_eq!(attributes(&html, ".btn-pair a", "aria-label"), ["Newer order #.."]);
    assert_eq!(attributes(&html, ".btn-pair [aria-disabled]", "aria-disabled"), ["true"]);
}

#[test]
fn pieces_of_two_lines_of_one_title_have_names_of_their_own() {
    let fields = |html: &str| attributes(html, "td [type=number]", "aria-label");
    let html = one(Asked::Refund(Filled::default()), true, |d| {
        d.items[1].refunded_quantity = 0;
        d.items[0].title = "Mug".into();
        d.items[1].title = "Mug".into();
    });
    assert_eq!(fields(&html), ["Quantity of Mug to refund, line 1", "Quantity of Mug to refund, line 2"]);
    let html = one(Asked::Refund(Filled::default()), true, |d| d.items[0].title = "Mug".into());
    assert_eq!(fields(&html), ["Quantity of Mug to refund"]);
}

#[test]
fn a_refund_that_was_refused_keeps_its_quantities() {
    let typed = [("line_1", "9"), ("reason", "torn"), ("extent", "lines")];
    let html = one(Asked::Refund(filled(&typed, ("lines[1]", "Enter a quantity of 2 or less."))), true, |_| {});
    assert_eq!(attributes(&html, "[name=line_1]", "value"), ["9"]);
    assert_eq!(texts(&html, "td .fault"), ["Enter a quantity of 2 or less."]);
    assert!(attributes(&html, "[name=line_2]", "value").is_empty(), "a line that is given back whole has no field");
    assert_eq!(texts(&html, "[name=reason]"), ["torn"]);
    assert!(texts(&html, "button").contains(&"Refund remaining £40.00".to_owned()), "{html}");
}

#[test]
fn refunds_stand_below_returns() {
    let refund = db::orders::RefundRow {
        id: domain::ids::Uuid::nil().into(),
        at: now(),
        amount: 500,
        parts: Parts { goods: 500, ..Parts::default() },
        lines: Vec::new(),
        reason: HOSTILE.into(),
        number: "7".into(),
        store: "shop".into(),
        currency: "GBP".parse().unwrap(),
    };
    let query = OrderQuery {
        kind: Some(OrderKind::Return),
        from: Some(day("2026-03-01")),
        to: Some(day("2026-03-03")),
        ..OrderQuery::default()
    };
    let figures = Figures { refunds: 1, refunded: 500, ..Figures::default() };
    let summary = Summary { found: 0, more: false, currencies: vec![("GBP".parse().unwrap(), figures)] };
    let found = Found { page: Page { rows: vec![], newer: None, older: None }, summary, refunds: vec![refund] };
    let frame = frame(Section::Orders);
    let page = OrderIndex {
        frame,
        query,
        typed: vec![],
        faults: FieldErrors::default(),
        found,
        product: None,
        counts: None,
        may_import: false,
    };
    let html = index(&page).with_nonce("N");
    assert!(texts(&html, "main span:has(> .money)").contains(&"Returns £5.00".to_owned()), "{html}");
    assert!(texts(&html, "caption").contains(&"Refunds".to_owned()));
}
