//! Amounts of money and counts: minor units quieter, figures of one width, signs as the page has them.

use domain::money::Money;
use leptos::prelude::*;

use super::html::Html;
use super::numbers;

/// An amount as the ledger writes it.
#[component]
pub fn Amount(
    /// The amount.
    money: Money,
) -> impl IntoView {
    let text = text(money);
    let (_, _, places) = money.split();
    // The decimal sign is one byte in every format, and digits are.
    let (head, minor) = text.split_at(text.len() - if places == 0 { 0 } else { places + 1 });
    let (head, minor) = (head.to_owned(), minor.to_owned());
    view! { <span class="money">{head}{(!minor.is_empty()).then(|| view! { <small>{minor}</small> })}</span> }
}

/// The same in a row.
pub fn write_amount(html: &mut Html, money: Money) {
    let (whole, rest, places) = money.split();
    html.markup(if money.minor < 0 { "<span class=\"money\">\u{2212}" } else { "<span class=\"money\">" });
    html.text(&money.currency.sign()).grouped(whole);
    if places > 0 {
        let decimal = html.numbers().decimal();
        // Less than ten to the fourth: no currency has more digits.
        html.markup("<small>").markup(decimal).digits(u32::try_from(rest).unwrap_or_default(), places);
        html.markup("</small>");
    }
    html.markup("</span>");
}

/// The same as text.
pub fn text(money: Money) -> String {
    numbers::format().amount(money)
}

/// A whole number with thousands apart, in a row.
pub fn write_count(html: &mut Html, n: i64) {
    html.markup(if n < 0 { "\u{2212}" } else { "" }).grouped(n.unsigned_abs());
}

/// The same as text.
pub fn count(n: i64) -> String {
    numbers::format().count(n)
}

/// A number that was counted, or `10,000+` when there are `more`.
pub fn at_least(n: i64, more: bool) -> String {
    format!("{}{}", count(n), if more { "+" } else { "" })
}

/// `n` things: `1 order`, `1,204 orders`.
pub fn things(n: i64, one: &str, many: &str) -> String {
    format!("{} {}", count(n), if n == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use domain::numbers::NumberFormat;

    use super::*;
    use crate::render::render;

    #[test]
    fn rows_and_views_write_the_same_amount_in_every_format() {
        let amounts = [(-123_456_789, "GBP"), (5, "EUR"), (1_500, "JPY"), (1_234_567, "KWD"), (i64::MIN, "NPR")];
        for format in NumberFormat::ALL {
            for (minor, code) in amounts {
                let money = Money::new(minor, code.parse().unwrap());
                let (row, view) = numbers::within(format, || {
                    let mut html = Html::with_capacity(64);
                    write_amount(&mut html, money);
                    (render(|| html.view()), render(|| view! { <Amount money/> }))
                });
                let bare = |html: &str| {
                    let mut inside = false;
                    let shown = |c: &char| {
                        inside = (inside || *c == '<') && *c != '>';
                        !inside && *c != '>'
                    };
                    html.chars().filter(shown).collect::<String>()
                };
                assert_eq!(bare(&row), format.amount(money));
                assert_eq!(bare(&view), format.amount(money));
                assert_eq!(row.contains("<small>"), view.contains("<small>"));
            }
        }
        assert_eq!(numbers::within(NumberFormat::PointComma, || things(1_204, "order", "orders")), "1.204 orders");
    }
}
