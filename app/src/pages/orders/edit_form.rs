//! The form that changes what an order says: contact, addresses, notes and tags.

use domain::orders::new_order::MAX_NOTE;
use leptos::prelude::*;

use super::edit_fields::{EditField, edit_fields};
use super::faults::notices;
use super::model::{Conflict, Editing, Filled, OrderPage};
use crate::ui::pill::Tone;
use crate::ui::table::{Column, Table};
use crate::ui::{Button, ButtonLink, Card, Field, Look, Notice, TextArea};

/// The form, with what was typed before.
pub fn edit_form(page: &OrderPage, editing: &Editing) -> AnyView {
    let filled = &editing.filled;
    let fields = edit_fields(&page.order);
    let (action, back) = (page.below("edit"), page.address());
    let is_shown = |name: &str| name.starts_with("tags") || fields.iter().any(|field| field.name == name);
    let refused = notices(filled, is_shown);
    let stale = editing.is_stale.then(|| stale(&editing.conflicts));
    let hidden = hidden(page, filled, &fields);
    let contact = view! {
        <div class="grid-fields">{some(filled, &fields, "customer.")}</div>
        {tags(filled, &fields)}
        {area(filled, &fields, "note", "Internal. Not shown to the customer.")}
        {area(filled, &fields, "customer_note", "What the customer wrote.")}
    }
    .into_any();
    let group = |legend: &'static str, name: &'static str| {
        let fields = some(filled, &fields, name);
        view! { <fieldset><legend>{legend}</legend><div class="grid-fields">{fields}</div></fieldset> }.into_any()
    };
    let addresses = [group("Shipping address", "shipping_address."), group("Billing address", "billing_address.")];
    let addresses = addresses.into_iter().collect_view();
    view! {
        <Card title=format!("Edit order {}", page.number())>
            {stale}
            <form class="stack" method="post" action=action>
                {hidden}
                {refused}
                {contact}
                {addresses}
                <div class="actions">
                    <Button label="Save changes" look=Look::Primary/>
                    <ButtonLink href=back label="Back to order" look=Look::Quiet/>
                </div>
            </form>
        </Card>
    }
    .into_any()
}

// Both versions beside each other: what was typed is in the fields, and saving it replaces what is stored.
fn stale(conflicts: &[Conflict]) -> AnyView {
    let words = if conflicts.is_empty() {
        "This order was changed by someone else. Your changes are in the form, beside theirs. Check them, then save."
    } else {
        "This order was changed by someone else. These fields were changed by both of you. The form holds your version. \
         Check it, then save."
    };
    let row = |conflict: &Conflict| {
        let Conflict { label, typed, stored } = conflict.clone();
        view! {
            <tr>
                <th scope="row">{label}</th>
                <td><span class="whitespace-pre-line" dir="auto">{typed}</span></td>
                <td><span class="whitespace-pre-line" dir="auto">{stored}</span></td>
            </tr>
        }
    };
    let rows = conflicts.iter().map(row).collect_view();
    let columns = vec![Column::text("Field"), Column::text("Your version"), Column::text("Stored now")];
    let table = (!conflicts.is_empty()).then(|| view! { <Table caption="Both versions" columns>{rows}</Table> });
    view! {
        <Notice tone=Tone::Attention>{words}</Notice>
        {table}
    }
    .into_any()
}

// What the form is filled in over: of a form that was sent, what it was sent with.
fn hidden(page: &OrderPage, filled: &Filled, fields: &[EditField]) -> AnyView {
    let one = |name: String, otherwise: String| {
        let value = filled.value(&name).unwrap_or(otherwise);
        view! { <input type="hidden" name=name value=value/> }
    };
    let version = one("version".to_owned(), page.order.facts.version.to_string());
    let shown = fields.iter().map(|field| one(EditField::shown(&field.name), field.value.clone())).collect_view();
    view! { {version}{shown} }.into_any()
}

fn some(filled: &Filled, fields: &[EditField], prefix: &str) -> AnyView {
    let one = |field: &EditField| {
        let value = filled.value(&field.name).unwrap_or_else(|| field.value.clone());
        // The group says whose it is.
        let label = field.label.split_once(": ").map_or(field.label.clone(), |(_, label)| capital(label));
        view! { <Field name=field.name.clone() label value fault=filled.fault(&field.name)/> }
    };
    let fields = fields.iter().filter(|field| field.name.starts_with(prefix));
    fields.map(one).collect_view().into_any()
}

fn tags(filled: &Filled, fields: &[EditField]) -> AnyView {
    let value = filled.value("tags").unwrap_or_else(|| stored(fields, "tags").1);
    // Each tag has its own fault.
    let faults = &filled.faults.0;
    let fault = faults.iter().find(|fault| fault.field.starts_with("tags")).map(|fault| fault.message.clone());
    view! { <Field name="tags" label="Tags" value fault hint="Separated by commas."/> }.into_any()
}

fn area(filled: &Filled, fields: &[EditField], name: &'static str, hint: &'static str) -> AnyView {
    let (label, stored) = stored(fields, name);
    let value = filled.value(name).unwrap_or(stored);
    view! { <TextArea name label value fault=filled.fault(name) hint most=MAX_NOTE/> }.into_any()
}

fn stored(fields: &[EditField], name: &str) -> (String, String) {
    let field = fields.iter().find(|field| field.name == name);
    field.map(|field| (field.label.clone(), field.value.clone())).unwrap_or_default()
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
