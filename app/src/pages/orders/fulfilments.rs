//! What was sent, and where it is.

use db::orders::{FulfilmentRow, ItemRow};
use leptos::prelude::*;

use super::model::OrderPage;
use crate::ui::money::count;
use crate::ui::{Card, When};

/// The fulfilments, oldest first, when there are any.
pub fn fulfilments_card(page: &OrderPage) -> Option<AnyView> {
    let clock = page.clock();
    let row = |sent: &FulfilmentRow| {
        let carrier = (!sent.carrier.is_empty()).then(|| format!("{} ", sent.carrier));
        let lines: Vec<String> =
            sent.lines.iter().map(|(position, quantity)| goods(page, *position, *quantity)).collect();
        view! {
            <li>
                <p dir="auto">{lines.join(", ")}</p>
                <p class="text-muted"><span dir="auto">{carrier}</span>{tracking(sent)}</p>
                <p class="text-xs/5 text-quiet"><When at=sent.at clock/></p>
            </li>
        }
    };
    let rows = page.order.fulfilments.iter().map(row).collect_view();
    (!page.order.fulfilments.is_empty())
        .then(|| view! { <Card title="Fulfilments"><ol class="timeline">{rows}</ol></Card> }.into_any())
}

fn goods(page: &OrderPage, position: i32, quantity: i64) -> String {
    let is_it = |item: &&ItemRow| item.position == position;
    let title = page.order.items.iter().find(is_it).map(|item| item.title.as_str()).unwrap_or_default();
    format!("{} \u{d7} {title}", count(quantity))
}

// A link leads out of the shop only where it is one of the web: other kinds would run in the page.
fn tracking(sent: &FulfilmentRow) -> AnyView {
    let is_link = ["https://", "http://"].iter().any(|scheme| sent.tracking_url.starts_with(scheme));
    let number = Some(sent.tracking_number.clone()).filter(|number| !number.is_empty());
    if is_link {
        let label = number.unwrap_or_else(|| "Track parcel".to_owned());
        return view! { <a href=sent.tracking_url.clone() rel="noopener noreferrer" target="_blank" dir="auto">{label}</a> }
            .into_any();
    }
    view! { <span dir="auto">{number}</span> }.into_any()
}
