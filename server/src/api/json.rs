//! Reading JSON more strictly than usual: a field that stands twice in an object is a fault, and a batch is
//! taken apart while it is read, so that its size in memory is that of one order.

use std::fmt;

use domain::json::{Strict, twice};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

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

/// Reads one value.
///
/// # Errors
/// The first place where the text is no JSON, or repeats a field.
pub fn value(text: &[u8]) -> Result<Value, NotJson> {
    whole(text, Strict)
}

/// Reads a batch, `[..]` or `{"orders": [..]}`, and hands each entry to `take` as soon as it is read;
/// `false` when the body is something else.
///
/// # Errors
/// The first place where the text is no JSON, or repeats a field.
pub fn entries(text: &[u8], mut take: impl FnMut(Value)) -> Result<bool, NotJson> {
    whole(text, Entries { take: &mut take, may_be_object: true })
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

struct Entries<'a> {
    take: &'a mut dyn FnMut(Value),
    may_be_object: bool,
}

impl<'de> DeserializeSeed<'de> for Entries<'_> {
    type Value = bool;
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<bool, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Entries<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of orders")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<bool, A::Error> {
        while let Some(entry) = list.next_element_seed(Strict)? {
            (self.take)(entry);
        }
        Ok(true)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<bool, A::Error> {
        let (mut found, mut others) = (None, false);
        while let Some(name) = object.next_key::<String>()? {
            if name != "orders" || !self.may_be_object {
                others = true;
                object.next_value::<IgnoredAny>()?;
            } else if found.is_some() {
                return Err(twice(&name));
            } else {
                found = Some(object.next_value_seed(Entries { take: &mut *self.take, may_be_object: false })?);
            }
        }
        Ok(found == Some(true) && !others)
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_bool<E>(self, _: bool) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_i64<E>(self, _: i64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_u64<E>(self, _: u64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_f64<E>(self, _: f64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_str<E>(self, _: &str) -> Result<bool, E> {
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{entries, value};

    #[test]
    fn reads_what_serde_json_reads() {
        let text = r#"{"a": [1, -2, 3.5, null, true, "x\u00e9"], "b": {"c": 18446744073709551615}}"#;
        assert_eq!(value(text.as_bytes()).unwrap(), serde_json::from_str::<serde_json::Value>(text).unwrap());
    }

    #[test]
    fn faults_name_line_and_column() {
        let cases: [(&[u8], usize, usize, &str); 6] = [
            (b"", 1, 1, "empty"),
            (b"{\n  \"a\": 1,\n}", 3, 1, "trailing comma"),
            (b"[1] x", 1, 5, "trailing characters"),
            (b"{\"a\": 1,\n \"a\": 2}", 2, 4, "\"a\" stands twice"),
            (b"{\"a\": \"\xff\"}", 1, 8, "unicode"),
            (b"{\"a\": 1", 1, 7, "EOF"),
        ];
        for (text, line, column, words) in cases {
            let fault = value(text).unwrap_err();
            assert_eq!((fault.line, fault.column), (line, column), "{fault}");
            assert!(fault.reason.contains(words), "{fault}");
        }
        assert!(value("[".repeat(10_000).as_bytes()).unwrap_err().reason.contains("recursion"));
    }

    #[test]
    fn a_batch_is_a_list_or_an_object_with_one() {
        let read = |text: &str| {
            let mut seen = Vec::new();
            entries(text.as_bytes(), |entry| seen.push(entry)).map(|good| (good, seen))
        };
        assert_eq!(read("[1, {\"a\": 2}]").unwrap(), (true, vec![json!(1), json!({"a": 2})]));
        assert_eq!(read("{\"orders\": [3]}").unwrap(), (true, vec![json!(3)]));
        for other in [
            "3",
            "\"x\"",
            "null",
            "{}",
            "{\"orders\": 3}",
            "{\"orders\": {\"orders\": []}}",
            "{\"orders\": [], \"x\": 1}",
        ] {
            assert!(!read(other).unwrap().0, "{other}");
        }
        assert!(read("{\"orders\": [], \"orders\": []}").is_err() && read("[1").is_err());
    }
}
