//! Reads a draft from JSON. By hand rather than by derive, so that every fault of a body is
//! reported at once, each under the name that its author used, and unknown fields are refused.

mod history;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::{Address, Details, Draft, NewCustomer, NewItem};
use crate::fields::FieldErrors;
use crate::json;
use crate::money::Currency;
use crate::orders::status::{ItemKind, OrderKind};
use crate::{text, written_time};

const ORDER: [&str; 27] = [
    "store",
    "number",
    "kind",
    "placed_at",
    "currency",
    "customer",
    "items",
    "discount",
    "shipping",
    "tax",
    "note",
    "tags",
    "prices_include_tax",
    "external_id",
    "source",
    "updated_at",
    "customer_note",
    "shipping_address",
    "billing_address",
    "shipping_lines",
    "payments",
    "fulfilments",
    "refunds",
    "cancelled_at",
    "cancel_reason",
    "closed_at",
    "on_hold",
];
const CUSTOMER: [&str; 5] = ["email", "name", "phone", "external_id", "country"];
const ITEM: [&str; 7] = ["sku", "title", "kind", "quantity", "unit_price", "discount", "tax"];
const SHIPPING_LINE: [&str; 3] = ["title", "amount", "tax"];

impl Draft {
    /// Reads an order body: the slug of its store, and the draft.
    ///
    /// # Errors
    /// All faults of form. Rules of content are those of [`Draft::check`].
    pub fn from_json(body: &Value) -> Result<(String, Self), FieldErrors> {
        let (store, draft, errors) = Self::read(body)?;
        errors.into_result((store, draft))
    }

    /// [`Draft::from_json`] and [`Draft::check`] at once.
    ///
    /// # Errors
    /// All faults, of form and of content, one at most about the same thing.
    pub fn checked_from_json(body: &Value, now: DateTime<Utc>) -> Result<(String, super::NewOrder), FieldErrors> {
        let (store, mut draft, mut errors) = Self::read(body)?;
        let adjusted = draft.clean();
        let of_form = errors.0.len();
        let outcome = draft.find_faults(&mut errors, now);
        // What has a fault of form was read as some harmless value: what that value breaks is no news.
        let mut of_content = errors.0.split_off(of_form);
        let items =
            body.get("items").and_then(Value::as_array).map_or(0, |items| items.len().min(super::MAX_ITEMS + 1));
        for fault in &mut of_content {
            name_as_sent(&mut fault.field, items);
        }
        let news =
            of_content.into_iter().filter(|fault| !errors.0.iter().any(|known| is_within(&fault.field, &known.field)));
        let news: Vec<_> = news.collect();
        errors.0.extend(news);
        errors.into_result(()).map(|()| (store, draft.accept(outcome, adjusted)))
    }

    fn read(body: &Value) -> Result<(String, Self, FieldErrors), FieldErrors> {
        let mut errors = FieldErrors::default();
        let Some(object) = body.as_object() else {
            return Err(FieldErrors::one("body", "Send a JSON object."));
        };
        let mut read = Reader { object, prefix: String::new(), errors: &mut errors };
        read.refuse_unknown(&ORDER);
        let store = read.required_word("store");
        let kind = read.parsed::<OrderKind>("kind").unwrap_or(OrderKind::Sale);
        let placed_at = read.time("placed_at");
        let mut items = read.items();
        items.extend(read.shipping_lines(kind));
        // What was told of lines is all there is, unless the order tells more.
        let of_lines = || items.iter().filter_map(|item| item.tax).fold(0_i64, i64::saturating_add);
        let tax = read.integer("tax").unwrap_or_else(of_lines);
        let draft = Self {
            number: read.required_text("number"),
            kind,
            placed_at,
            currency: read.currency("currency"),
            customer: read.customer(),
            items,
            discount: read.amount("discount"),
            shipping: read.amount("shipping"),
            tax,
            prices_include_tax: read.flag("prices_include_tax"),
            note: read.text("note").filter(|n| !n.is_empty()),
            tags: read.tags(),
            details: read.details(),
            history: read.history(placed_at),
        };
        Ok((store, draft, errors))
    }
}

// Shipping lines became items behind the first `items`; their faults bear the name that their author used.
fn name_as_sent(field: &mut String, items: usize) {
    let Some((index, part)) = field.strip_prefix("items[").and_then(|rest| rest.split_once(']')) else { return };
    if let Some(line) = index.parse::<usize>().ok().and_then(|index| index.checked_sub(items)) {
        *field = format!("shipping_lines[{line}]{}", part.replace("unit_price", "amount"));
    }
}

// Whether `field` is `whole` or a part of it: `items[2].title` is within `items[2]` and within `items`.
fn is_within(field: &str, whole: &str) -> bool {
    field.strip_prefix(whole).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

struct Reader<'a> {
    object: &'a Map<String, Value>,
    prefix: String,
    errors: &'a mut FieldErrors,
}

impl<'a> Reader<'a> {
    fn path(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    fn fault(&mut self, name: &str, message: impl Into<String>) {
        let path = self.path(name);
        self.errors.add(path, message);
    }

    fn value(&self, name: &str) -> Option<&'a Value> {
        self.object.get(name).filter(|v| !v.is_null())
    }

    fn refuse_unknown(&mut self, known: &[&str]) {
        let unknown: Vec<String> = self.object.keys().filter(|k| !known.contains(&k.as_str())).cloned().collect();
        for name in unknown {
            let shown: String = name.chars().take(100).collect();
            self.fault(&shown, format!("This field does not exist. Use: {}.", known.join(", ")));
        }
    }

    fn text(&mut self, name: &str) -> Option<String> {
        match self.value(name) {
            None => None,
            // PostgreSQL has no place for it in any text.
            Some(Value::String(text)) if text.contains('\0') => {
                self.fault(name, "Remove control characters.");
                None
            }
            Some(Value::String(text)) => Some(text.clone()),
            Some(_) => {
                self.fault(name, "Use a string.");
                None
            }
        }
    }

    fn required_text(&mut self, name: &str) -> String {
        if self.value(name).is_none() {
            self.fault(name, "This field is required.");
        }
        self.text(name).unwrap_or_default()
    }

    // Without spaces around it.
    fn required_word(&mut self, name: &str) -> String {
        text::trim(&self.required_text(name)).to_owned()
    }

    fn parsed<T: std::str::FromStr<Err = String>>(&mut self, name: &str) -> Option<T> {
        let text = self.text(name)?;
        text::trim(&text).parse().map_err(|message: String| self.fault(name, message)).ok()
    }

    fn integer(&mut self, name: &str) -> Option<i64> {
        let value = self.value(name)?;
        let number = json::integer(value);
        if number.is_none() {
            let is_beyond = value.as_f64().is_some_and(|number| number.fract() == 0.0);
            self.fault(name, if is_beyond { "This value is too large." } else { "Use a whole number." });
        }
        number
    }

    fn required_integer(&mut self, name: &str) -> i64 {
        if self.value(name).is_none() {
            self.fault(name, "This field is required.");
        }
        self.integer(name).unwrap_or(1)
    }

    fn amount(&mut self, name: &str) -> i64 {
        self.integer(name).unwrap_or(0)
    }

    fn flag(&mut self, name: &str) -> bool {
        let value = self.value(name);
        if value.is_some_and(|value| !value.is_boolean()) {
            self.fault(name, "Use true or false.");
        }
        value.and_then(Value::as_bool).unwrap_or(false)
    }

    fn some_time(&mut self, name: &str) -> Option<DateTime<Utc>> {
        self.value(name).is_some().then(|| self.time(name))
    }

    fn time(&mut self, name: &str) -> DateTime<Utc> {
        let text = self.required_text(name);
        let parsed = written_time::instant(&text);
        if parsed.is_none() && self.value(name).is_some_and(Value::is_string) {
            self.fault(name, "Use an RFC 3339 time, such as 2026-03-01T14:02:00Z.");
        }
        parsed.unwrap_or_default()
    }

    fn currency(&mut self, name: &str) -> Currency {
        let text = self.required_word(name);
        let parsed = text.parse::<Currency>();
        if let (Err(error), true) = (&parsed, self.value(name).is_some_and(Value::is_string)) {
            self.fault(name, error.to_string());
        }
        // What stands in for one that is none is never seen: the order is refused.
        parsed.unwrap_or(Currency::EUR)
    }

    fn customer(&mut self) -> Option<NewCustomer> {
        let value = self.value("customer")?;
        let Some(object) = value.as_object() else {
            self.fault("customer", "Use an object.");
            return None;
        };
        let mut read = Reader { object, prefix: "customer.".into(), errors: self.errors };
        read.refuse_unknown(&CUSTOMER);
        let mut part = |name| read.text(name).filter(|t| !t.is_empty());
        let email = part("email");
        Some(NewCustomer {
            email,
            name: part("name"),
            phone: part("phone"),
            external_id: part("external_id"),
            country: part("country"),
        })
    }

    fn items(&mut self) -> Vec<NewItem> {
        let Some(value) = self.object.get("items") else {
            self.fault("items", "This field is required.");
            return Vec::new();
        };
        let Some(values) = value.as_array() else {
            self.fault("items", "Use a list.");
            return Vec::new();
        };
        let read = values.iter().take(super::MAX_ITEMS + 1).enumerate();
        // Once no further faults are listed, nothing that follows changes the answer.
        read.map_while(|(i, v)| (!self.errors.is_full()).then(|| self.item(i, v))).collect()
    }

    // Every entry gives an item, so that positions in messages are those of the body.
    fn item(&mut self, index: usize, value: &Value) -> NewItem {
        let Some(object) = value.as_object() else {
            self.fault(&format!("items[{index}]"), "Use an object.");
            return NewItem { title: "?".into(), quantity: 1, ..NewItem::default() };
        };
        let mut read = Reader { object, prefix: format!("items[{index}]."), errors: self.errors };
        read.refuse_unknown(&ITEM);
        NewItem {
            sku: read.text("sku").filter(|s| !s.is_empty()),
            title: read.required_text("title"),
            kind: read.parsed("kind").unwrap_or(ItemKind::Product),
            quantity: read.required_integer("quantity"),
            unit_price: read.required_integer("unit_price"),
            discount: read.amount("discount"),
            tax: read.integer("tax"),
        }
    }

    // Each becomes an item of the kind `shipping`.
    fn shipping_lines(&mut self, kind: OrderKind) -> Vec<NewItem> {
        let quantity = if kind == OrderKind::Sale { 1 } else { -1 };
        self.list("shipping_lines", &SHIPPING_LINE, |read| NewItem {
            title: read.text("title").filter(|title| !title.is_empty()).unwrap_or_else(|| "Shipping".into()),
            kind: ItemKind::Shipping,
            quantity,
            unit_price: read.required_integer("amount").saturating_mul(quantity),
            tax: read.integer("tax"),
            ..NewItem::default()
        })
    }

    fn details(&mut self) -> Details {
        let mut part = |name| self.text(name).filter(|t| !t.is_empty());
        let (external_id, source, customer_note) = (part("external_id"), part("source"), part("customer_note"));
        Details {
            external_id,
            source,
            customer_note,
            source_updated_at: self.some_time("updated_at"),
            shipping_address: self.address("shipping_address"),
            billing_address: self.address("billing_address"),
        }
    }

    fn address(&mut self, name: &str) -> Option<Address> {
        let value = self.value(name)?;
        let Some(object) = value.as_object() else {
            self.fault(name, "Use an object.");
            return None;
        };
        let mut read = Reader { object, prefix: format!("{}.", self.path(name)), errors: self.errors };
        read.refuse_unknown(&Address::PARTS);
        let mut address = Address::default();
        for (part, name) in address.parts_mut().into_iter().zip(Address::PARTS) {
            *part = read.text(name).unwrap_or_default();
        }
        (!address.is_empty()).then_some(address)
    }

    // A list of objects, each read by `read`; empty when there is none.
    fn list<T>(&mut self, name: &str, known: &[&str], mut read: impl FnMut(&mut Reader<'_>) -> T) -> Vec<T> {
        let Some(value) = self.value(name) else { return Vec::new() };
        let Some(values) = value.as_array() else {
            self.fault(name, "Use a list.");
            return Vec::new();
        };
        let mut list = Vec::new();
        for (i, value) in values.iter().take(super::MAX_ITEMS).enumerate() {
            let path = format!("{name}[{i}]");
            let Some(object) = value.as_object() else {
                self.fault(&path, "Use an object.");
                continue;
            };
            let mut reader = Reader { object, prefix: format!("{}.", self.path(&path)), errors: self.errors };
            reader.refuse_unknown(known);
            list.push(read(&mut reader));
        }
        list
    }

    fn tags(&mut self) -> Vec<String> {
        let Some(value) = self.value("tags") else { return Vec::new() };
        let tags: Option<Vec<String>> =
            value.as_array().and_then(|list| list.iter().map(|tag| tag.as_str().map(str::to_owned)).collect());
        tags.unwrap_or_else(|| {
            self.fault("tags", "Use a list of strings.");
            Vec::new()
        })
    }
}
