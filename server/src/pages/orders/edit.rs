//! Editing what an order says: contact, addresses, notes and tags. What somebody else changed meanwhile is shown beside what
//! was typed, and neither is lost.

use app::pages::orders::{Asked, Conflict, EditField, Editing, edit_fields};
use axum::extract::{Form, Path, Query, State};
use axum::response::Response;
use db::DataError;
use db::orders::OrderDetail;
use db::orders::change::{Change, change_seen};
use db::orders::edit::Edit;
use domain::fields::FieldErrors;
use domain::orders::new_order::Address;
use domain::page::Cursors;
use domain::permission::Permission;
use http::StatusCode;

use super::change::{Submission, filled, value, version};
use super::show::Named;
use crate::auth::Member;
use crate::error::PageError;
use crate::pages::filters::Pairs;
use crate::pages::visit::Visit;

/// The order with the form open.
///
/// # Errors
/// For strangers and viewers, unknown orders, and when PostgreSQL fails.
pub async fn ask(
    State(cursors): State<Cursors>,
    member: Member,
    visit: Visit,
    Path(named): Path<Named>,
    Query(listed): Query<Pairs>,
) -> Result<Response, PageError> {
    let form = Submission::open(&cursors, (member, visit), (named, &listed), Permission::WriteOrders).await?;
    form.show(Asked::Edit(Editing::default())).await
}

/// Saves what was changed in the form.
///
/// # Errors
/// For strangers and viewers, unknown orders, and when PostgreSQL fails.
pub async fn submit(
    State(cursors): State<Cursors>,
    member: Member,
    visit: Visit,
    Path(named): Path<Named>,
    Query(listed): Query<Pairs>,
    Form(form): Form<Pairs>,
) -> Result<Response, PageError> {
    let mut submission = Submission::open(&cursors, (member, visit), (named, &listed), Permission::WriteOrders).await?;
    let edit = edit(&submission.order, &form);
    if edit == Edit::default() {
        return Ok(submission.done("unchanged"));
    }
    let saved = match edit.checked() {
        Ok(edit) => {
            let change = Change::Edit(Box::new(edit));
            change_seen(&submission.scope, submission.order.order.id, &change, version(&form)).await
        }
        Err(faults) => Err(DataError::Invalid(faults)),
    };
    let (status, editing) = match saved {
        Ok(()) => return Ok(submission.done("edited")),
        Err(DataError::Stale) => {
            submission.reload().await?;
            (StatusCode::CONFLICT, conflict(&submission.order, &form))
        }
        Err(DataError::Refused(words)) => {
            (StatusCode::UNPROCESSABLE_ENTITY, faulty(form, FieldErrors::one("order", words)))
        }
        Err(DataError::Invalid(faults)) => (StatusCode::UNPROCESSABLE_ENTITY, faulty(form, faults)),
        Err(other) => return Err(other.into()),
    };
    submission.answer(status, Asked::Edit(editing)).await
}

fn faulty(form: Pairs, faults: FieldErrors) -> Editing {
    Editing { filled: filled(form, faults), ..Editing::default() }
}

// What differs from what the form showed when it was opened. A form that does not say what that was showed what is stored.
fn edit(order: &OrderDetail, form: &Pairs) -> Edit {
    let fields = edit_fields(order);
    let changed = |name: &str| -> Option<String> {
        let typed = sent(form, name)?;
        let stored = fields.iter().find(|field| field.name == name).map(|field| field.value.as_str());
        let shown = sent(form, &EditField::shown(name)).or_else(|| stored.map(tidy))?;
        (typed != shown).then_some(typed)
    };
    let tags = |text: String| text.split(',').map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect();
    Edit {
        email: changed("customer.email"),
        name: changed("customer.name"),
        phone: changed("customer.phone"),
        note: changed("note"),
        customer_note: changed("customer_note"),
        tags: changed("tags").map(tags),
        shipping_address: address(&fields, "shipping_address", changed),
        billing_address: address(&fields, "billing_address", changed),
    }
}

// An address is stored as a whole: parts that were not touched stay as they are.
fn address(fields: &[EditField], name: &str, changed: impl Fn(&str) -> Option<String>) -> Option<Address> {
    let mut address = Address::default();
    let mut is_changed = false;
    for (part, part_name) in address.parts_mut().into_iter().zip(Address::PARTS) {
        let name = format!("{name}.{part_name}");
        let typed = changed(&name);
        is_changed |= typed.is_some();
        let stored = fields.iter().find(|field| field.name == name).map(|field| field.value.clone());
        *part = typed.or(stored).unwrap_or_default();
    }
    is_changed.then_some(address)
}

// The form once more, over what is stored now: what was typed stays, what was not touched follows.
fn conflict(order: &OrderDetail, form: &Pairs) -> Editing {
    let mut editing = Editing { is_stale: true, ..Editing::default() };
    for EditField { name, label, value: stored } in edit_fields(order) {
        let stored = tidy(&stored);
        let typed = sent(form, &name);
        let shown = sent(form, &EditField::shown(&name));
        let is_touched = typed.is_some() && typed != shown;
        match typed.filter(|_| is_touched) {
            Some(typed) => {
                if typed != stored {
                    editing.conflicts.push(Conflict { label, typed: typed.clone(), stored });
                }
                editing.filled.typed.push((name, typed));
            }
            None => editing.filled.typed.push((name, stored)),
        }
    }
    editing
}

fn sent(form: &Pairs, name: &str) -> Option<String> {
    form.iter().any(|(n, _)| n == name).then(|| tidy(value(form, name)))
}

// Browsers send line breaks in a way of their own.
fn tidy(text: &str) -> String {
    text.trim().replace("\r\n", "\n")
}
