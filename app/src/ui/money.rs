//! Amounts of money and counts: minor units quieter, figures of one width, signs as the page has them.

use domain::money::Money;
use leptos::prelude::*;

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

/// The same as text.
pub fn text(money: Money) -> String {
    numbers::format().amount(money)
}

/// A whole number with thousands apart.
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
    use crate::ui::Html;

    #[test]
    fn rows_and_views_write_the_same_amount_in_every_format() {
        let amounts = [(-123_456_789, "GBP"), (5, "EUR"), (1_500, "JPY"), (1_234_567, "KWD"), (i64::MIN, "NPR")];
        for format in NumberFormat::ALL {
            for (minor, code) in amounts {
                let money = Money::new(minor, code.parse().unwrap());
                let (row, view) = numbers::within(format, || {
                    let mut html = Html::with_capacity(64);
                    html.amount(money);
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
