//! JSON as it arrives, read more strictly than usual: a name that stands twice in an object is a fault. And more as the standard
//! means it: `1999.0` and `2e3` are integers.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// 2^49. `serde_json` reads a number with a point to within two units of its last binary place; below this that is less than a
/// half, so that what is whole is what was written.
const EXACT: f64 = 562_949_953_421_312.0;

/// Reads one value.
///
/// # Errors
/// The first place where the text is no JSON, or repeats a name.
pub fn value(text: &[u8]) -> Result<Value, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_slice(text);
    let value = Strict.deserialize(&mut reader)?;
    reader.end().map(|()| value)
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

/// A name stands twice in one object.
pub fn twice<E: Error>(name: &str) -> E {
    let shown: String = name.chars().take(100).collect();
    E::custom(format!("the field \"{shown}\" stands twice in one object"))
}

/// Reads any value, and refuses names that stand twice.
#[derive(Clone, Copy, Debug)]
pub struct Strict;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
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
        while let Some(value) = list.next_element_seed(Self)? {
            values.push(value);
        }
        Ok(values.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let mut fields = Map::new();
        while let Some(name) = object.next_key::<String>()? {
            if fields.contains_key(&name) {
                return Err(twice(&name));
            }
            fields.insert(name, object.next_value_seed(Self)?);
        }
        Ok(fields.into())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_stands_once_in_each_object() {
        let text = r#"{"a": [1, -2, 3.5, null, true, "x\u00e9"], "b": {"a": 18446744073709551615}}"#;
        assert_eq!(value(text.as_bytes()).unwrap(), serde_json::from_str::<Value>(text).unwrap());
        for text in [r#"{"a": 1, "a": 1}"#, r#"{"x": [{"a": 1, "b": 2, "a": 3}]}"#, r#"{"a": 1, "\u0061": 2}"#] {
            assert!(value(text.as_bytes()).unwrap_err().to_string().contains("\"a\" stands twice"), "{text}");
        }
        assert!(value(b"1 2").is_err() && value(b"").is_err());
    }

    #[test]
    fn integers_are_integers_however_they_are_written() {
        for (text, number) in [
            ("1999", Some(1999)),
            ("1999.0", Some(1999)),
            ("2e3", Some(2000)),
            ("1.5e1", Some(15)),
            ("-0.0", Some(0)),
            ("-7.00", Some(-7)),
            ("9223372036854775807", Some(i64::MAX)),
            ("100000000000000.0", Some(100_000_000_000_000)),
            ("9223372036854775808", None),
            ("1.5", None),
            ("1e300", None),
            ("\"1\"", None),
            ("null", None),
        ] {
            assert_eq!(integer(&serde_json::from_str(text).unwrap()), number, "{text}");
            assert_eq!(integer_in(text), number, "{text}");
        }
        assert_eq!((integer(&json!([1])), integer_in(""), integer_in("one")), (None, None, None));
    }

    proptest! {
        #[test]
        fn an_integer_is_the_same_with_a_point(number in -9_007_199_254_740_991_i64..=9_007_199_254_740_991) {
            prop_assert_eq!(integer_in(&format!("{number}.0")), Some(number));
            // Never another one, and always as long as all its digits fit.
            for zeros in ["0", "000", "0000000"] {
                let read = integer(&value(format!("{number}.{zeros}").as_bytes()).unwrap());
                prop_assert!(read == Some(number) || (read.is_none() && number.abs() > 900_000_000), "{} {:?}", number, read);
            }
            let small = number / 100;
            prop_assert_eq!(integer(&value(format!("{small}.0").as_bytes()).unwrap()), Some(small));
        }
    }
}
