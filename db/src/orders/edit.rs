//! Changing what an order says.

use domain::email;
use domain::feed::EventKind;
use domain::orders::NewCustomer;
pub use domain::orders::edit::Edit;
use domain::orders::new_order::Address;
use sea_orm::sea_query::Expr;
use serde_json::json;

use super::change::Effect;
use super::locked::Locked;
use crate::customers;
use crate::entities::order;
use crate::error::DataError;
use crate::scope::Tx;

/// Changes what `edit` names. The customer's own record stays as it is; an order of no customer finds or makes the one of its
/// new address.
///
/// # Errors
/// When PostgreSQL fails.
pub(super) async fn edit(tx: &Tx, order: &mut Locked, edit: &Edit) -> Result<Effect, DataError> {
    let mut update = order.update(tx);
    let mut changed = Vec::new();
    let texts = [
        ("email", order::Column::CustomerEmail, &edit.email),
        ("name", order::Column::CustomerName, &edit.name),
        ("phone", order::Column::CustomerPhone, &edit.phone),
        ("note", order::Column::Note, &edit.note),
        ("customer_note", order::Column::CustomerNote, &edit.customer_note),
    ];
    for (name, column, text) in texts {
        if let Some(text) = text {
            update = update.col_expr(column, Expr::value(Some(text.clone()).filter(|text| !text.is_empty())));
            changed.push(name);
        }
    }
    if let Some(tags) = &edit.tags {
        update = update.col_expr(order::Column::Tags, Expr::value(tags.clone()));
        changed.push("tags");
    }
    let addresses = [
        ("shipping_address", order::Column::ShippingAddress, &edit.shipping_address),
        ("billing_address", order::Column::BillingAddress, &edit.billing_address),
    ];
    for (name, column, address) in addresses {
        if let Some(address) = address {
            let stored = |address: &Address| (!address.is_empty()).then(|| json!(address));
            update = update.col_expr(column, Expr::value(stored(address)));
            changed.push(name);
        }
    }
    if let Some(address) = &edit.email {
        let key = (!address.is_empty()).then(|| email::key(address));
        update = update.col_expr(order::Column::CustomerEmailKey, Expr::value(key));
    }
    if let Some(customer) = contact(order, edit) {
        let buyers = customers::ensure(tx, &order.store, std::iter::once(&customer)).await?;
        if order.row.customer_id.is_none() {
            update = update.col_expr(order::Column::CustomerId, Expr::value(buyers.of(Some(&customer))));
        }
    }
    update.exec(tx.conn()).await?;
    Ok(Effect::new(Some(EventKind::OrderEdited), "edited", "order.edit", json!({"fields": changed})))
}

// Who is found under the order's new address: known to the search by it from now on.
fn contact(order: &Locked, edit: &Edit) -> Option<NewCustomer> {
    let email = edit.email.clone().filter(|email| !email.is_empty())?;
    let text = |edited: &Option<String>, stored: &Option<String>| edited.clone().or_else(|| stored.clone());
    Some(NewCustomer {
        email: Some(email),
        name: text(&edit.name, &order.row.customer_name).filter(|name| !name.is_empty()),
        phone: text(&edit.phone, &order.row.customer_phone).filter(|phone| !phone.is_empty()),
        external_id: order.row.customer_external_id.clone(),
        country: order.row.customer_country.clone(),
    })
}
