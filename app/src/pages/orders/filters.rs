//! The filters of the order list: a plain form, and a chip for each filter that is set.

use domain::orders::query::AmountsIn;
use domain::orders::{FulfilmentStatus, OrderKind, OrderStatus, PaymentStatus};
use leptos::prelude::*;

use super::model::OrderIndex;
use crate::frame::TenantFrame;
use crate::ui::{Chip, FilterForm, Search, Typed, pill};
use crate::url;

/// The form. It shows what was typed, understood or not.
pub fn filters(index: &OrderIndex) -> AnyView {
    let typed = Typed { pairs: &index.typed, faults: &index.faults };
    let stores = index.frame.stores.iter().map(|s| (s.slug.clone(), s.name.clone()));
    let fields = vec![
        typed.select("store", "Store", "All stores", stores),
        typed.select("kind", "Kind", "Sales and returns", kinds()),
        typed.select("status", "Status", "Any status", with_several(statuses(), typed.value("status"))),
        typed.select("payment", "Payment", "Any payment", with_several(payments(), typed.value("payment"))),
        typed.select(
            "fulfilment",
            "Fulfilment",
            "Any fulfilment",
            with_several(fulfilments(), typed.value("fulfilment")),
        ),
        typed.field("from", "Placed from", "date"),
        typed.field("to", "Placed to (inclusive)", "date"),
        typed.field("min", "Total from", "amount"),
        typed.field("max", "Total to", "amount"),
    ];
    let search = Search {
        name: "q",
        value: typed.value("q"),
        placeholder: "Number, email, customer ID or SKU",
        label: "Search these orders by number, email, customer ID or SKU",
    };
    let action = format!("/t/{}/orders", index.frame.tenant());
    view! { <FilterForm action search is_open=false rest=rest(&typed) fields/> }.into_any()
}

// Order, number of rows and a product go along.
fn rest(typed: &Typed<'_>) -> Option<AnyView> {
    let kept = ["sort", "limit", "product"].map(|name| (name, typed.value(name)));
    let mut kept = kept.into_iter().filter(|(name, value)| !value.is_empty() && typed.fault(name).is_none()).peekable();
    kept.peek()?;
    let kept = kept.map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view();
    Some(kept.into_any())
}

/// One link for each filter that is set: it takes that filter away.
pub fn chips(index: &OrderIndex) -> Option<AnyView> {
    let (frame, query) = (&index.frame, index.query.at(None));
    let chip = |(name, value): (&'static str, String)| {
        let words = match (name, &index.product) {
            ("product", Some(title)) => format!("product {title}"),
            _ => words(frame, name, &value),
        };
        view! { <Chip href=url::orders(frame.tenant(), &query.without(name)) words/> }
    };
    let set = query
        .pairs(AmountsIn::Typed(frame.numbers, frame.decimals()))
        .into_iter()
        .filter(|(name, _)| !matches!(*name, "sort" | "cursor" | "limit"));
    let chips: Vec<_> = set.map(chip).collect();
    (!chips.is_empty()).then(|| {
        let all = format!("/t/{}/orders", frame.tenant());
        view! {
            <div class="chips">
                {chips}
                <a href=all>"Clear filters"</a>
            </div>
        }
        .into_any()
    })
}

fn words(frame: &TenantFrame, name: &str, value: &str) -> String {
    let known = |options: Vec<(String, String)>| of_each(&options, value);
    match name {
        "store" => Some(frame.store_name(value)),
        "kind" => known(kinds()),
        "status" => known(statuses()),
        "payment" => known(payments()),
        "fulfilment" => known(fulfilments()),
        "q" => Some(format!("\u{201c}{value}\u{201d}")),
        "from" => Some(format!("from {value}")),
        "to" => Some(format!("to {value}")),
        "min" => Some(format!("at least {value}")),
        "max" => Some(format!("at most {value}")),
        _ => None,
    }
    .unwrap_or_else(|| value.to_owned())
}

// A view may ask for several values of a filter: they are one more choice of its list.
fn with_several(mut options: Vec<(String, String)>, typed: String) -> Vec<(String, String)> {
    if typed.contains(',')
        && let Some(words) = of_each(&options, &typed)
    {
        options.push((typed, words));
    }
    options
}

// The words of a value, or of several with commas between them.
fn of_each(options: &[(String, String)], value: &str) -> Option<String> {
    let words = |value: &str| options.iter().find(|(v, _)| v == value).map(|(_, words)| words.as_str());
    Some(value.split(',').map(words).collect::<Option<Vec<_>>>()?.join(", "))
}

fn kinds() -> Vec<(String, String)> {
    OrderKind::ALL.iter().map(|v| (v.to_string(), format!("{}s", pill::kind(*v).1))).collect()
}

fn statuses() -> Vec<(String, String)> {
    OrderStatus::ALL.iter().map(|v| (v.to_string(), pill::order(*v).1.to_owned())).collect()
}

fn payments() -> Vec<(String, String)> {
    PaymentStatus::ALL.iter().map(|v| (v.to_string(), pill::payment(*v).1.to_owned())).collect()
}

fn fulfilments() -> Vec<(String, String)> {
    FulfilmentStatus::ALL.iter().map(|v| (v.to_string(), pill::fulfilment(*v).1.to_owned())).collect()
}
