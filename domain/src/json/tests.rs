//! What is JSON, what is too much of it, and which numbers are integers.

use proptest::prelude::*;
use serde_json::json;

use super::{MOST_VALUES, NotJson, TooManyValues, entries, integer, integer_in};

fn value(text: &[u8]) -> Result<serde_json::Value, NotJson> {
    super::value(text).map(|entry| entry.expect("it is small"))
}

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
        (b"{\"a\": 1,\n \"a\": 2}", 2, 4, "\"a\" is set twice"),
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
        entries(text.as_bytes(), 3, |entry| seen.push(entry.unwrap())).map(|found| (found, seen))
    };
    assert_eq!(read("[1, {\"a\": 2}]").unwrap(), (Some(2), vec![json!(1), json!({"a": 2})]));
    assert_eq!(read("{\"orders\": [3]}").unwrap(), (Some(1), vec![json!(3)]));
    assert_eq!(read("[1, 2, 3, {}, [[4]]]").unwrap(), (Some(5), vec![json!(1), json!(2), json!(3)]));
    for other in
        ["3", "\"x\"", "null", "{}", "{\"orders\": 3}", "{\"orders\": {\"orders\": []}}", "{\"orders\": [], \"x\": 1}"]
    {
        assert!(read(other).unwrap().0.is_none(), "{other}");
    }
    assert!(read("{\"orders\": [], \"orders\": []}").is_err() && read("[1").is_err());
}

#[test]
fn what_holds_too_many_values_is_passed_over_and_what_follows_is_read() {
    let tiny = |n: usize| vec!["{\"\":0}"; n].join(",");
    let wide = (0..MOST_VALUES).map(|n| format!("\"a{n}\":0")).collect::<Vec<_>>().join(",");
    for large in [
        format!("[{}]", tiny(MOST_VALUES / 2)),
        format!("[[[{}]]]", tiny(MOST_VALUES)),
        format!("{{\"items\":[{}]}}", tiny(MOST_VALUES)),
        format!("{{{wide}}}"),
        format!("[{}0]", "0,".repeat(MOST_VALUES)),
        format!("[{}0]", "[],".repeat(MOST_VALUES)),
    ] {
        assert_eq!(super::value(large.as_bytes()).unwrap(), Err(TooManyValues));
        let mut seen = Vec::new();
        let batch = format!("[{large}, {{\"number\": 1}}, {large}, 2]");
        assert_eq!(entries(batch.as_bytes(), 9, |entry| seen.push(entry)).unwrap(), Some(4));
        assert_eq!(seen, [Err(TooManyValues), Ok(json!({"number": 1})), Err(TooManyValues), Ok(json!(2))]);
        // It is read to its end all the same.
        assert!(super::value(&large.as_bytes()[..large.len() - 1]).is_err());
    }
    assert!(super::value(format!("[{}]", tiny(MOST_VALUES / 3)).as_bytes()).unwrap().is_ok());
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
