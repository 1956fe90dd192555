//! The row of figures of one currency: each with its change and a link to the very orders behind it.

use db::dashboards::{CurrencyPart, Dashboard};
use domain::money::Money;
use domain::orders::{Figures, OrderKind};
use leptos::prelude::*;

use super::{DashboardPage, against, behind};
use crate::ui::Figure;
use crate::ui::change::{Better, Change, ChangeMark};
use crate::ui::money::{Amount, count, text};
use crate::ui::sparkline::Sparkline;
use crate::url;

struct Measure {
    label: &'static str,
    of: fn(&Figures) -> Option<i64>,
    better: Better,
    // Of which kind the orders behind it are; all, when not said.
    kind: Option<OrderKind>,
    is_money: bool,
}

const FIGURES: [Measure; 8] = [
    money("Gross sales", |f| Some(f.gross), Better::More, Some(OrderKind::Sale)),
    money("Discounts", |f| Some(f.discounts), Better::Less, Some(OrderKind::Sale)),
    money("Returns", |f| Some(f.returns()), Better::Less, Some(OrderKind::Return)),
    money("Net sales", |f| Some(f.net()), Better::More, None),
    money("Shipping, tax and fees", |f| Some(f.shipping + f.tax + f.fees), Better::More, Some(OrderKind::Sale)),
    money("Total", |f| Some(f.total()), Better::More, None),
    Measure {
        label: "Orders",
        of: |f| Some(f.orders),
        better: Better::More,
        kind: Some(OrderKind::Sale),
        is_money: false,
    },
    money("Average order value", |f| f.average_order(), Better::More, Some(OrderKind::Sale)),
];

const fn money(
    label: &'static str,
    of: fn(&Figures) -> Option<i64>,
    better: Better,
    kind: Option<OrderKind>,
) -> Measure {
    Measure { label, of, better, kind, is_money: true }
}

/// The cards of one currency.
pub fn cards(page: &DashboardPage, dashboard: &Dashboard, part: &CurrencyPart) -> impl IntoView + use<> {
    let against = against(&page.query, dashboard);
    let cards = FIGURES.iter().map(|figure| {
        let href = url::orders(page.frame.tenant(), &behind(&page.query, dashboard, figure.kind));
        let change = part.before.as_ref().zip(against.as_ref()).map(|(before, against)| {
            let change = Change::new((figure.of)(&part.now), (figure.of)(before));
            view! { <ChangeMark change better=figure.better against=against.clone()/> }
        });
        let way: Vec<i64> = part.buckets.iter().map(|b| (figure.of)(&b.figures).unwrap_or(0)).collect();
        view! {
            <Figure
                label=figure.label
                value=value(figure, part)
                characters=characters(figure, part)
                href=href
                foot=view! { {change}<Sparkline values=way/> }.into_any()
            />
        }
    });
    view! { <div class="grid grid-cols-2 gap-2 sm:gap-3 lg:grid-cols-4">{cards.collect_view()}</div> }
}

fn characters(figure: &Measure, part: &CurrencyPart) -> usize {
    match (figure.of)(&part.now) {
        Some(n) if figure.is_money => text(Money::new(n, part.currency)).chars().count(),
        _ => 0,
    }
}

fn value(figure: &Measure, part: &CurrencyPart) -> AnyView {
    match (figure.of)(&part.now) {
        None => "\u{2013}".into_any(),
        Some(n) if figure.is_money => view! { <Amount money=Money::new(n, part.currency)/> }.into_any(),
        Some(n) => count(n).into_any(),
    }
}
