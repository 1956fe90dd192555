//! What needs doing: each kind leads to the list that shows exactly that.

use db::attention::{Attention, FULFIL_WITHIN, IMPORTS_SINCE};
use domain::imports::{ImportQuery, ImportView};
use domain::orders::any_of::AnyOf;
use domain::orders::{FulfilmentStatus, OrderKind, OrderQuery, OrderStatus};
use leptos::prelude::*;

use super::DashboardPage;
use crate::ui::field::sentence;
use crate::ui::icon::{Icon, Sign};
use crate::ui::money::at_least;
use crate::ui::{Card, Tone};
use crate::url;

/// The list; a quiet word when there is nothing to do.
pub fn attention(page: &DashboardPage) -> AnyView {
    let items = page.attention.iter().map(|item| row(page, item)).collect_view();
    let list = if page.attention.is_empty() {
        view! { <p class="text-quiet">"Nothing to do."</p> }.into_any()
    } else {
        view! { <ul class="-mx-2 flex flex-col gap-0.5">{items}</ul> }.into_any()
    };
    view! { <Card title="To do">{list}</Card> }.into_any()
}

fn row(page: &DashboardPage, item: &Attention) -> impl IntoView + use<> {
    let (tone, sign) = match item {
        Attention::Imports { view: ImportView::Failed, .. } | Attention::Backups(_) => (Tone::Critical, Sign::Stop),
        Attention::Overdue { .. } | Attention::Imports { .. } => (Tone::Attention, Sign::Warning),
    };
    let (what, since) = words(item);
    view! {
        <li>
            <a class="flex gap-2.5 rounded px-2 py-1.5 text-ink hover:bg-hover hover:no-underline" href=address(page, item)>
                <span class=format!("toned mt-0.5 {}", tone.as_str())><Icon sign/></span>
                <span>{what}<span class="block text-xs text-quiet">{since}</span></span>
            </a>
        </li>
    }
}

fn words(item: &Attention) -> (String, String) {
    let count = item.count();
    let number = at_least(count.number, count.more);
    let one = count.number == 1 && !count.more;
    let recent = format!("in the last {IMPORTS_SINCE} days");
    match item {
        Attention::Overdue { .. } => {
            let verb = if one { "order" } else { "orders" };
            (format!("{number} unfulfilled {verb}"), format!("older than {FULFIL_WITHIN} days"))
        }
        Attention::Imports { view: ImportView::Failed, .. } => {
            (format!("{number} {} failed", if one { "import" } else { "imports" }), recent)
        }
        Attention::Imports { view: ImportView::Rejected, .. } => {
            (format!("{number} {} with rejected orders", if one { "import" } else { "imports" }), recent)
        }
        Attention::Backups(words) => (sentence(words), String::new()),
    }
}

fn address(page: &DashboardPage, item: &Attention) -> String {
    let (tenant, store) = (page.frame.tenant(), page.query.store.clone());
    match item {
        Attention::Overdue { to, .. } => {
            let query = OrderQuery {
                store,
                kind: Some(OrderKind::Sale),
                status: AnyOf::new([OrderStatus::Open]),
                fulfilment: AnyOf::new([FulfilmentStatus::Unfulfilled, FulfilmentStatus::PartiallyFulfilled]),
                to: Some(*to),
                ..OrderQuery::default()
            };
            url::orders(tenant, &query)
        }
        Attention::Imports { view, from, .. } => {
            let query = ImportQuery { store, view: Some(*view), from: Some(*from), ..ImportQuery::default() };
            url::imports_under(tenant, &query)
        }
        Attention::Backups(_) => format!("/t/{tenant}/backups"),
    }
}
