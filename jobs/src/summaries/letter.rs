//! What a daily summary says. Its figures are those of the dashboard of that day, read by the same query.

use chrono::NaiveDate;
use db::dashboards::{CurrencyPart, Dashboard, TopProduct};
use domain::change::{Change, Direction};
use domain::money::Money;
use domain::orders::Figures;
use domain::settings::Setting;

use crate::mail::{Column, Letter, Part, why};

/// Products that a summary names of each currency.
const TOP: usize = 5;

/// The summary of `day` beside the same weekday of the week before.
pub(super) fn letter(store: &str, day: NaiveDate, of_day: &Dashboard, week_before: &Dashboard, link: String) -> Letter {
    let mut parts: Vec<Part> = Vec::new();
    let other = |part: &CurrencyPart| {
        let found = week_before.currencies.iter().find(|p| p.currency == part.currency);
        found.map(|p| p.now).unwrap_or_default()
    };
    if of_day.currencies.is_empty() {
        parts.push(Part::Words("No sales and no returns.".into()));
    }
    for part in &of_day.currencies {
        parts.push(figures(part, other(part), week_before.period.from));
    }
    // A currency in which only the other day sold is told of as well.
    for part in week_before.currencies.iter().filter(|p| of_day.currencies.iter().all(|q| q.currency != p.currency)) {
        let nothing = CurrencyPart { now: Figures::default(), ..part.clone() };
        parts.push(figures(&nothing, part.now, week_before.period.from));
    }
    let several = of_day.top_products.iter().any(|p| p.currency != of_day.top_products[0].currency);
    for products in of_day.top_products.chunk_by(|a, b| a.currency == b.currency) {
        let row =
            |p: &TopProduct| vec![p.title.clone(), p.quantity.to_string(), Money::new(p.gross, p.currency).to_string()];
        parts.push(Part::Table {
            caption: if several { format!("Top products in {}", products[0].currency) } else { "Top products".into() },
            columns: vec![Column::words("Product"), Column::number("Qty"), Column::number("Gross sales")],
            rows: products.iter().take(TOP).map(row).collect(),
        });
    }
    Letter {
        heading: format!("{store} on {}", day.format("%A, %-d %B %Y")),
        parts,
        link: Some(("Open dashboard".into(), link)),
        footer: why(store, Setting::DailySummary),
    }
}

/// What stands above a summary: the day and its net sales.
pub(super) fn subject(store: &str, day: NaiveDate, of_day: &Dashboard) -> String {
    let net: Vec<String> = of_day.currencies.iter().map(|p| Money::new(p.now.net(), p.currency).to_string()).collect();
    let net = if net.is_empty() { "no sales".to_owned() } else { format!("{} net", net.join(" and ")) };
    format!("{store} on {}: {net}", day.format("%a %-d %b"))
}

fn figures(part: &CurrencyPart, before: Figures, other: NaiveDate) -> Part {
    let (now, currency) = (&part.now, part.currency);
    let money = |minor: i64| Money::new(minor, currency).to_string();
    let maybe = |minor: Option<i64>| minor.map_or_else(|| "none".to_owned(), money);
    let row = |name: &str, shown: [String; 2], values: [Option<i64>; 2]| {
        let [now, before] = shown;
        vec![name.to_owned(), now, before, change(values[0], values[1])]
    };
    let amount = |name: &str, now: i64, before: i64| row(name, [money(now), money(before)], [Some(now), Some(before)]);
    let count =
        |name: &str, now: i64, before: i64| row(name, [now.to_string(), before.to_string()], [Some(now), Some(before)]);
    let (average, average_before) = (now.average_order(), before.average_order());
    Part::Table {
        caption: format!("Sales in {currency}"),
        columns: vec![
            Column::words(""),
            Column::number("Day"),
            Column::number(&other.format("%a %-d %b").to_string()),
            Column::number("Change"),
        ],
        rows: vec![
            amount("Gross sales", now.gross, before.gross),
            amount("Discounts", now.discounts, before.discounts),
            amount("Returns", now.returns(), before.returns()),
            amount("Net sales", now.net(), before.net()),
            count("Orders", now.orders, before.orders),
            row("Average order value", [maybe(average), maybe(average_before)], [average, average_before]),
        ],
    }
}

fn change(now: Option<i64>, before: Option<i64>) -> String {
    let Change { direction, words } = Change::new(now, before);
    match direction {
        _ if words == "new" => words,
        Direction::Up => format!("up {words}"),
        Direction::Down => format!("down {words}"),
        Direction::Level => words,
    }
}
