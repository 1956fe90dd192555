//! What can be edited of an order: the fields of the form, with what is stored.

use db::orders::OrderDetail;
use domain::orders::new_order::Address;

/// One field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditField {
    /// Its name in the form, which is that of its faults.
    pub name: String,
    /// What people read.
    pub label: String,
    /// What is stored.
    pub value: String,
}

impl EditField {
    /// The name under which a form sends what it showed of the field `name` when it was opened.
    pub fn shown(name: &str) -> String {
        format!("shown.{name}")
    }
}

const PARTS: [&str; 9] =
    ["Name", "Company", "Address", "Address, line 2", "City", "Region", "Postal code", "Country", "Phone"];

/// All fields, in the order of the form.
pub fn edit_fields(order: &OrderDetail) -> Vec<EditField> {
    let customer = order.order.customer.as_ref();
    let details = &order.facts.details;
    let field = |name: &str, label: &str, value: Option<&String>| EditField {
        name: name.to_owned(),
        label: label.to_owned(),
        value: value.cloned().unwrap_or_default(),
    };
    let tags = Some(order.tags.join(", "));
    let mut fields = vec![
        field("customer.email", "Email", customer.and_then(|c| c.email.as_ref())),
        field("customer.name", "Name", customer.and_then(|c| c.name.as_ref())),
        field("customer.phone", "Phone", customer.and_then(|c| c.phone.as_ref())),
        field("tags", "Tags", tags.as_ref()),
        field("note", "Note", order.note.as_ref()),
        field("customer_note", "Customer's note", details.customer_note.as_ref()),
    ];
    fields.extend(address("shipping_address", "Shipping", details.shipping_address.as_ref()));
    fields.extend(address("billing_address", "Billing", details.billing_address.as_ref()));
    fields
}

fn address(name: &str, whose: &str, stored: Option<&Address>) -> impl Iterator<Item = EditField> {
    let stored = stored.cloned().unwrap_or_default();
    let values = stored.parts().map(Clone::clone);
    let (name, whose) = (name.to_owned(), whose.to_owned());
    Address::PARTS.into_iter().zip(PARTS).zip(values).map(move |((part, label), value)| EditField {
        name: format!("{name}.{part}"),
        label: format!("{whose}: {}", label.to_lowercase()),
        value,
    })
}
