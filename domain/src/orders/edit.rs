//! Changing what a stored order says: contact, addresses, notes and tags.

use serde_json::Value;

use super::new_order::{Address, MAX_NOTE, MAX_TAGS};
use crate::email;
use crate::fields::FieldErrors;
use crate::text;

/// What is to be changed; what is none stays as it is. An empty text or address takes away what is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edit {
    /// E-mail address of this order.
    pub email: Option<String>,
    /// Name of the customer.
    pub name: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// Note of the shop.
    pub note: Option<String>,
    /// What the customer wrote.
    pub customer_note: Option<String>,
    /// All tags.
    pub tags: Option<Vec<String>>,
    /// Where it goes.
    pub shipping_address: Option<Address>,
    /// Whom it is billed to.
    pub billing_address: Option<Address>,
}

const FIELDS: [&str; 6] = ["customer", "note", "customer_note", "tags", "shipping_address", "billing_address"];
const CUSTOMER: [&str; 3] = ["email", "name", "phone"];

impl Edit {
    /// Reads the body of a change: null takes away what is there, a field that is missing stays as it is.
    ///
    /// # Errors
    /// All faults, each with its field.
    pub fn from_json(body: &Value) -> Result<Self, FieldErrors> {
        let Some(object) = body.as_object() else {
            return Err(FieldErrors::one("body", "Send a JSON object."));
        };
        let mut errors = FieldErrors::default();
        refuse_unknown(&mut errors, "", object.keys(), &FIELDS);
        let mut edit = Self {
            note: word(&mut errors, body, "note", "note"),
            customer_note: word(&mut errors, body, "customer_note", "customer_note"),
            tags: tags(&mut errors, body),
            shipping_address: address(&mut errors, body, "shipping_address"),
            billing_address: address(&mut errors, body, "billing_address"),
            ..Self::default()
        };
        match body.get("customer") {
            None => {}
            Some(Value::Null) => {
                [edit.email, edit.name, edit.phone] = std::array::from_fn(|_| Some(String::new()));
            }
            Some(customer) if customer.is_object() => {
                refuse_unknown(
                    &mut errors,
                    "customer.",
                    customer.as_object().into_iter().flat_map(|c| c.keys()),
                    &CUSTOMER,
                );
                edit.email = word(&mut errors, customer, "email", "customer.email");
                edit.name = word(&mut errors, customer, "name", "customer.name");
                edit.phone = word(&mut errors, customer, "phone", "customer.phone");
            }
            Some(_) => errors.add("customer", "Use an object."),
        }
        let is_empty = errors.is_empty() && edit == Self::default();
        errors.add_if(is_empty, "body", "Send at least one field.");
        errors.into_result(())?;
        edit.checked()
    }

    /// Tidies and checks every text.
    ///
    /// # Errors
    /// All faults, each with its field.
    pub fn checked(mut self) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        for (name, text, most) in [("customer.name", &mut self.name, 200), ("customer.phone", &mut self.phone, 40)] {
            if let Some(text) = text {
                line(&mut errors, name, text, most);
            }
        }
        if let Some(typed) = self.email.take() {
            self.email = Some(checked_email(&mut errors, &typed));
        }
        for (name, note) in [("note", &mut self.note), ("customer_note", &mut self.customer_note)] {
            if let Some(note) = note {
                *note = text::without_controls(text::trim(note)).into_owned();
                errors.add_if(note.chars().count() > MAX_NOTE, name, format!("Use at most {MAX_NOTE} characters."));
            }
        }
        if let Some(tags) = &mut self.tags {
            errors.add_if(tags.len() > MAX_TAGS, "tags", format!("Use at most {MAX_TAGS} tags."));
            for (i, tag) in tags.iter_mut().enumerate() {
                line(&mut errors, &format!("tags[{i}]"), tag, 50);
            }
            tags.retain(|tag| !tag.is_empty());
        }
        for (name, address) in
            [("shipping_address", &mut self.shipping_address), ("billing_address", &mut self.billing_address)]
        {
            for (part, part_name) in address.iter_mut().flat_map(|a| a.parts_mut()).zip(Address::PARTS) {
                line(&mut errors, &format!("{name}.{part_name}"), part, 200);
            }
        }
        errors.into_result(self)
    }
}

fn line(errors: &mut FieldErrors, field: &str, text: &mut String, most: usize) {
    *text = text::on_one_line(text::trim(text)).into_owned();
    errors.add_if(text.chars().count() > most, field, format!("Use at most {most} characters."));
    errors.add_if(text.contains('\0'), field, "Remove control characters.");
}

fn checked_email(errors: &mut FieldErrors, typed: &str) -> String {
    let seen = text::trim(typed);
    if seen.is_empty() {
        return String::new();
    }
    email::tidy(seen).map(str::to_owned).unwrap_or_else(|| {
        errors.add("customer.email", "Enter an email such as name@example.com.");
        String::new()
    })
}

fn refuse_unknown<'a>(errors: &mut FieldErrors, prefix: &str, names: impl Iterator<Item = &'a String>, known: &[&str]) {
    for name in names.filter(|name| !known.contains(&name.as_str())) {
        let shown: String = name.chars().take(100).collect();
        errors.add(format!("{prefix}{shown}"), format!("This field does not exist. Use: {}.", known.join(", ")));
    }
}

fn word(errors: &mut FieldErrors, body: &Value, name: &str, field: &str) -> Option<String> {
    match body.get(name)? {
        Value::Null => Some(String::new()),
        Value::String(text) if !text.contains('\0') => Some(text.clone()),
        Value::String(_) => {
            errors.add(field, "Remove control characters.");
            None
        }
        _ => {
            errors.add(field, "Use a string.");
            None
        }
    }
}

fn tags(errors: &mut FieldErrors, body: &Value) -> Option<Vec<String>> {
    let value = body.get("tags")?;
    if value.is_null() {
        return Some(Vec::new());
    }
    let tags: Option<Vec<String>> =
        value.as_array().and_then(|list| list.iter().map(|tag| tag.as_str().map(str::to_owned)).collect());
    errors.add_if(tags.is_none(), "tags", "Use a list of strings.");
    tags
}

fn address(errors: &mut FieldErrors, body: &Value, name: &str) -> Option<Address> {
    let value = body.get(name)?;
    if value.is_null() {
        return Some(Address::default());
    }
    let Some(object) = value.as_object() else {
        errors.add(name, "Use an object.");
        return None;
    };
    refuse_unknown(errors, &format!("{name}."), object.keys(), &Address::PARTS);
    let mut address = Address::default();
    for (part, part_name) in address.parts_mut().into_iter().zip(Address::PARTS) {
        *part = word(errors, value, part_name, &format!("{name}.{part_name}")).unwrap_or_default();
    }
    Some(address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_missing_stays_and_null_takes_away() {
        let edit = Edit::from_json(&json!({"note": null, "customer": {"email": " ada@example.com "}})).unwrap();
        assert_eq!(edit, Edit { note: Some(String::new()), email: Some("ada@example.com".into()), ..Edit::default() });
    }

    #[test]
    fn every_fault_is_named() {
        for (body, field) in [
            (json!({"customer": 1}), "customer"),
            (json!([]), "body"),
            (json!({}), "body"),
            (json!({"total": 1}), "total"),
            (json!({"customer": {"email": "ada"}}), "customer.email"),
            (json!({"customer": {"id": 1}}), "customer.id"),
            (json!({"tags": ["a", 1]}), "tags"),
            (json!({"shipping_address": {"city": 1}}), "shipping_address.city"),
            (json!({"shipping_address": {"planet": "Mars"}}), "shipping_address.planet"),
            (json!({"note": "x".repeat(MAX_NOTE + 1)}), "note"),
        ] {
            assert_eq!(Edit::from_json(&body).unwrap_err().0[0].field, field, "{body}");
        }
    }
}
