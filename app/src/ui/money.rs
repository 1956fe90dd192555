//! Amounts of money: minor units quieter, figures of one width.

use domain::money::Money;
use leptos::prelude::*;

use super::html::Html;

/// An amount as the ledger writes it.
#[component]
pub fn Amount(
    /// The amount.
    money: Money,
) -> impl IntoView {
    let (whole, minor) = money.grouped();
    let sign = if money.minor < 0 { "\u{2212}" } else { "" };
    let head = format!("{sign}{}{whole}", money.currency.sign());
    view! { <span class="money">{head}{(!minor.is_empty()).then(|| view! { <small>{format!(".{minor}")}</small> })}</span> }
}

/// The same in a row.
pub fn write_amount(html: &mut Html, money: Money) {
    let (whole, rest, places) = money.split();
    html.markup(if money.minor < 0 { "<span class=\"money\">\u{2212}" } else { "<span class=\"money\">" });
    html.text(&money.currency.sign()).grouped(whole);
    if places > 0 {
        // Less than ten to the fourth: no currency has more digits.
        html.markup("<small>.").digits(u32::try_from(rest).unwrap_or_default(), places).markup("</small>");
    }
    html.markup("</span>");
}

/// A whole number with thousands apart, in a row.
pub fn write_count(html: &mut Html, n: i64) {
    html.markup(if n < 0 { "\u{2212}" } else { "" }).grouped(n.unsigned_abs());
}

/// The same as text.
pub fn count(n: i64) -> String {
    let sign = if n < 0 { "\u{2212}" } else { "" };
    format!("{sign}{}", domain::money::group(&n.unsigned_abs().to_string()))
}

/// A number that was counted, or `10,000+` when there are `more`.
pub fn at_least(n: i64, more: bool) -> String {
    format!("{}{}", count(n), if more { "+" } else { "" })
}

/// `n` things: `1 order`, `1,204 orders`.
pub fn things(n: i64, one: &str, many: &str) -> String {
    format!("{} {}", count(n), if n == 1 { one } else { many })
}
