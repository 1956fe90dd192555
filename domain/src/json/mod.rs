//! Reading JSON more strictly than usual and in little memory: a field that stands twice in an object is a fault, a list
//! of orders is taken apart while it is read, and of an entry with more values than any order has nothing is built. And more
//! as the standard means it: `1999.0` and `2e3` are integers.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::orders::new_order::MAX_ITEMS;

/// Most values in one entry, each list and object counted once more at its end: more than an order with all its items has.
/// A tiny object takes a hundred times its text in memory, so it is their number that must be bounded.
pub const MOST_VALUES: usize = 10 * MAX_ITEMS;

/// 2^49. `serde_json` reads a number with a point to within two units of its last binary place; below this that is less than a
/// half, so that what is whole is what was written.
const EXACT: f64 = 562_949_953_421_312.0;

/// Where a text stops being JSON, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The body is not valid JSON: {reason}, line {line}, column {column}.")]
pub struct NotJson {
    /// In the parser's words.
    pub reason: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in it, from 1.
    pub column: usize,
}

/// It holds more than [`MOST_VALUES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Use at most {MOST_VALUES} values.")]
pub struct TooManyValues;

/// One value, as far as it is of a size that is read.
pub type Entry = Result<Value, TooManyValues>;

/// Reads one value.
///
/// # Errors
/// The first place where the text is no JSON, or repeats a field.
pub fn value(text: &[u8]) -> Result<Entry, NotJson> {
    let budget = Budget::default();
    let value = whole(text, Strict(&budget))?;
    Ok(budget.of(value))
}

/// Reads a batch, `[..]` or `{"orders": [..]}`, hands each of its first `most` entries to `take` as soon as it is read, and
/// says how many there are; `None` when the body is something else.
///
/// # Errors
/// The first place where the text is no JSON, or repeats a field.
pub fn entries(text: &[u8], most: usize, mut take: impl FnMut(Entry)) -> Result<Option<usize>, NotJson> {
    whole(text, Entries { take: &mut take, most, may_be_object: true })
}

/// The integer that `value` is, however it is written.
pub fn integer(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| {
        let number = value.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < EXACT)?;
        // Exact: it is whole and small enough.
        Some(number as i64)
    })
}

/// The integer in `text`, such as a parameter.
pub fn integer_in(text: &str) -> Option<i64> {
    let whole = text.split_once('.').filter(|(_, zeros)| !zeros.is_empty() && zeros.bytes().all(|b| b == b'0'));
    let exact = whole.map_or(text, |(whole, _)| whole).parse();
    exact.ok().or_else(|| serde_json::from_str(text).ok().and_then(|value| integer(&value)))
}

fn whole<'de, S: DeserializeSeed<'de>>(text: &'de [u8], seed: S) -> Result<S::Value, NotJson> {
    let mut reader = serde_json::Deserializer::from_slice(text);
    let read = seed.deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    read.map_err(|error| {
        let (line, column) = (error.line().max(1), error.column().max(1));
        let words = error.to_string();
        let reason = words.split(" at line ").next().unwrap_or_default();
        let reason = if text.is_empty() { "it is empty" } else { reason };
        NotJson { reason: reason.to_owned(), line, column }
    })
}

/// How many values may still be built.
struct Budget {
    left: Cell<usize>,
    is_spent: Cell<bool>,
}

impl Default for Budget {
    fn default() -> Self {
        Self { left: Cell::new(MOST_VALUES), is_spent: Cell::new(false) }
    }
}

impl Budget {
    fn take(&self) -> bool {
        let left = self.left.get().checked_sub(1);
        self.left.set(left.unwrap_or(0));
        self.is_spent.set(self.is_spent.get() || left.is_none());
        left.is_some()
    }

    fn of(&self, value: Value) -> Entry {
        if self.is_spent.get() { Err(TooManyValues) } else { Ok(value) }
    }
}

#[derive(Clone, Copy)]
struct Strict<'b>(&'b Budget);

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while self.0.take() {
            let Some(value) = list.next_element_seed(self)? else { return Ok(values.into()) };
            values.push(value);
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Null)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let mut fields = Map::new();
        while self.0.take() {
            let Some(name) = object.next_key::<String>()? else { return Ok(fields.into()) };
            if fields.contains_key(&name) {
                return Err(twice(&name));
            }
            fields.insert(name, object.next_value_seed(self)?);
        }
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Value::Null)
    }
}

struct Entries<'a> {
    take: &'a mut dyn FnMut(Entry),
    most: usize,
    may_be_object: bool,
}

impl<'de> DeserializeSeed<'de> for Entries<'_> {
    type Value = Option<usize>;
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Option<usize>, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Entries<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of orders")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Option<usize>, A::Error> {
        let mut found = 0;
        while found < self.most {
            let budget = Budget::default();
            let Some(entry) = list.next_element_seed(Strict(&budget))? else { return Ok(Some(found)) };
            (self.take)(budget.of(entry));
            found += 1;
        }
        while list.next_element::<IgnoredAny>()?.is_some() {
            found += 1;
        }
        Ok(Some(found))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Option<usize>, A::Error> {
        let (mut found, mut others) = (None, false);
        while let Some(name) = object.next_key::<String>()? {
            if name != "orders" || !self.may_be_object {
                others = true;
                object.next_value::<IgnoredAny>()?;
            } else if found.is_some() {
                return Err(twice(&name));
            } else {
                let list = Entries { take: &mut *self.take, most: self.most, may_be_object: false };
                found = Some(object.next_value_seed(list)?);
            }
        }
        Ok(found.flatten().filter(|_| !others))
    }

    fn visit_unit<E>(self) -> Result<Option<usize>, E> {
        Ok(None)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Option<usize>, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Option<usize>, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Option<usize>, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Option<usize>, E> {
        Ok(None)
    }

    fn visit_str<E>(self, _: &str) -> Result<Option<usize>, E> {
        Ok(None)
    }
}

fn twice<E: Error>(name: &str) -> E {
    let shown: String = name.chars().take(100).collect();
    E::custom(format!("the field \"{shown}\" is set twice in one object"))
}

#[cfg(test)]
mod tests;
