//! The form that records what was sent: everything that is left, or a part of it.

use db::orders::ItemRow;
use leptos::prelude::*;

use super::faults::notices;
use super::items::is_unique;
use super::model::{Filled, OrderPage};
use super::pay_form::version;
use crate::ui::field::sentence;
use crate::ui::money::count;
use crate::ui::pill::Tone;
use crate::ui::table::{Column, Table};
use crate::ui::{Button, ButtonLink, Card, Field, Look, Notice};

const NOTHING_LEFT: &str = "This order has nothing left to send.";

/// The form, with what was typed before.
pub fn fulfil_form(page: &OrderPage, filled: &Filled) -> AnyView {
    let unsent = page.order.standing.unsent();
    let is_shown = |field: &str| {
        ["carrier", "tracking_number", "tracking_url"].contains(&field)
            || unsent.iter().any(|(position, _)| field == format!("lines[{position}]"))
    };
    let refused = notices(filled, |field| !unsent.is_empty() && is_shown(field));
    if unsent.is_empty() {
        return refused.unwrap_or_else(|| view! { <Notice tone=Tone::Info>{NOTHING_LEFT}</Notice> }.into_any());
    }
    let (action, back) = (page.below("fulfil"), page.address());
    let (lines, version) = (lines(page, filled, &unsent), version(page));
    let field = |name: &'static str, label: &'static str, hint: Option<&'static str>| {
        let value = filled.value(name).unwrap_or_default();
        let hint = hint.unwrap_or("Optional.");
        view! { <Field name label value fault=filled.fault(name) hint/> }
    };
    let tracking = view! {
        <div class="grid-fields">
            {field("carrier", "Carrier", None)}
            {field("tracking_number", "Tracking number", None)}
            {field("tracking_url", "Tracking link", Some("Optional. Begins with https://."))}
        </div>
    }
    .into_any();
    view! {
        <Card title=format!("Fulfil order {}", page.number())>
            <form class="stack" method="post" action=action>
                {version}
                {refused}
                {lines}
                {tracking}
                <div class="actions">
                    <Button label="Mark as fulfilled" look=Look::Primary/>
                    <ButtonLink href=back label="Back to order" look=Look::Quiet/>
                </div>
            </form>
        </Card>
    }
    .into_any()
}

fn lines(page: &OrderPage, filled: &Filled, unsent: &[(i32, i64)]) -> AnyView {
    let row = |item: &ItemRow| {
        let (_, left) = unsent.iter().find(|(position, _)| *position == item.position)?;
        Some(line(page, filled, item, *left))
    };
    let rows = page.order.items.iter().filter_map(row).collect_view();
    let columns = vec![Column::text("Item"), Column::figures("Unsent"), Column::figures("Send")];
    view! { <Table caption="Items to send" columns dense=true>{rows}</Table> }.into_any()
}

fn line(page: &OrderPage, filled: &Filled, item: &ItemRow, left: i64) -> AnyView {
    let name = format!("line_{}", item.position);
    let value = filled.value(&name).unwrap_or_else(|| left.to_string());
    let place = if is_unique(page, item) { String::new() } else { format!(", line {}", item.position) };
    let label = format!("Quantity of {} to send{place}", item.title);
    let fault = filled.fault(&format!("lines[{}]", item.position));
    let below = fault.map(|fault| view! { <p class="fault">{sentence(&fault)}</p> });
    let invalid = below.is_some().then_some("true");
    view! {
        <tr>
            <td><span class="clip" dir="auto">{item.title.clone()}</span></td>
            <td class="num">{count(left)}</td>
            <td class="num">
                <input
                    class="w-19 text-end"
                    type="number"
                    name=name
                    min="0"
                    max=left.to_string()
                    step="1"
                    inputmode="numeric"
                    value=value
                    aria-label=label
                    aria-invalid=invalid
                />
                {below}
            </td>
        </tr>
    }
    .into_any()
}
