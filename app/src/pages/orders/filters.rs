//! The filters of the order list: a plain form, and a chip for each filter that is set.

use db::stores::Store;
use domain::fields::FieldErrors;
use domain::orders::query::AmountsIn;
use domain::orders::{FulfilmentStatus, OrderKind, OrderQuery, OrderStatus, PaymentStatus};
use leptos::prelude::*;

use crate::frame::TenantFrame;
use crate::ui::field::sentence;
use crate::ui::icon::{Icon, Sign};
use crate::ui::{Button, Field, Look, SelectField, pill};
use crate::url;

/// The form. It shows what was typed, understood or not.
#[component]
pub fn Filters(
    /// The tenant's name in addresses.
    tenant: String,
    /// What was typed.
    typed: Vec<(String, String)>,
    /// What is wrong with it.
    faults: FieldErrors,
    /// The tenant's stores.
    stores: Vec<Store>,
) -> impl IntoView {
    let path = format!("/t/{tenant}/orders");
    let value = |name: &str| typed.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default();
    let fault = |name: &str| faults.of(name).map(str::to_owned);
    let text = |name: &'static str, label: &'static str, kind: &'static str| {
        view! { <Field name label kind value=value(name) fault=fault(name)/> }
    };
    let select = |name: &'static str, label: &'static str, options: Vec<(String, String)>| {
        view! { <SelectField name label options chosen=value(name) fault=fault(name)/> }
    };
    let stores = any("All stores", stores.into_iter().map(|s| (s.slug, s.name)));
    let search_fault = fault("q").map(|fault| view! { <p class="fault">{sentence(&fault)}</p> });
    let unknown = unknown_faults(&faults);
    let limit = Some(value("limit")).filter(|limit| !limit.is_empty());
    view! {
        <form class="filters" method="get" action=path>
            <div class="search">
                <Icon sign=Sign::Search/>
                <input
                    type="search"
                    name="q"
                    value=value("q")
                    placeholder="Number, e-mail, customer id or SKU"
                    aria-label="Search these orders by number, e-mail, customer id or SKU"
                />
            </div>
            <Button label="Search"/>
            <details class="menu filter-menu" open=!faults.is_empty()>
                <summary class="btn"><Icon sign=Sign::Filter/>"Filter"</summary>
                <div class="menu-box">
                    <div class="grid-fields">
                        {select("store", "Store", stores)}
                        {select("kind", "Kind", any("Sales and returns", kinds()))}
                        {select("status", "Status", any("Open and cancelled", statuses()))}
                        {select("payment", "Payment", any("Any payment", payments()))}
                        {select("fulfilment", "Fulfilment", any("Any fulfilment", fulfilments()))}
                        {text("from", "Placed from", "date")}
                        {text("to", "Placed to, included", "date")}
                        {text("min", "Total from", "amount")}
                        {text("max", "Total to", "amount")}
                    </div>
                    <Button label="Apply" look=Look::Primary/>
                </div>
            </details>
            {limit.map(|limit| view! { <input type="hidden" name="limit" value=limit/> })}
            {search_fault}
            {unknown}
        </form>
    }
}

/// One link for each filter that is set: it takes that filter away.
#[component]
pub fn Chips(
    /// What surrounds the page.
    frame: TenantFrame,
    /// The filters.
    query: OrderQuery,
) -> impl IntoView {
    let chip = |(name, value): (&'static str, String)| {
        let words = words(&frame, name, &value);
        let href = url::orders(frame.tenant(), &query.without(name));
        view! {
            <a class="chip" href=href aria-label=format!("Take away the filter: {words}")>
                {words.clone()}
                <Icon sign=Sign::Close/>
            </a>
        }
    };
    let set = query.pairs(AmountsIn::Major).into_iter().filter(|(name, _)| !matches!(*name, "cursor" | "limit"));
    let chips: Vec<_> = set.map(chip).collect();
    (!chips.is_empty()).then(|| {
        let all = format!("/t/{}/orders", frame.tenant());
        view! {
            <div class="chips">
                {chips}
                <a class="chip-clear" href=all>"Clear all"</a>
            </div>
        }
    })
}

fn words(frame: &TenantFrame, name: &str, value: &str) -> String {
    let known = |options: Vec<(String, String)>| options.into_iter().find(|(v, _)| v == value).map(|(_, words)| words);
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

fn any(words: &str, options: impl IntoIterator<Item = (String, String)>) -> Vec<(String, String)> {
    std::iter::once((String::new(), words.to_owned())).chain(options).collect()
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

// Faults of names that have no field here, such as a cursor that was cut off.
fn unknown_faults(faults: &FieldErrors) -> impl IntoView + use<> {
    const SHOWN: [&str; 10] = ["store", "kind", "status", "payment", "fulfilment", "q", "from", "to", "min", "max"];
    let others = faults.0.iter().filter(|f| !SHOWN.contains(&f.field.as_str()));
    others.map(|f| view! { <p class="fault"><code>{f.field.clone()}</code>" "{f.message.clone()}</p> }).collect_view()
}
