//! How an order's number is written out. What it is found by is the database's `stoa_number_key`, for numbers and for what
//! people search alike.

use std::borrow::Cow;

/// `number` as people read it: `#1001`. Shops whose numbers begin with a sign of their own keep it, so that `#1001` does
/// not read `##1001`, nor `No. 1001` `#No. 1001`.
pub fn shown(number: &str) -> Cow<'_, str> {
    if needs_sign(number) { format!("#{number}").into() } else { number.into() }
}

/// Whether `number` is written with a sign before it.
pub fn needs_sign(number: &str) -> bool {
    let number = number.trim_start();
    let has_sign = number.starts_with(['#', '\u{ff03}', '\u{2116}']);
    !has_sign && !is_labelled(number)
}

// Whether it says itself that it is one: a word for it, and a point, colon, sign or space before the first digit.
fn is_labelled(number: &str) -> bool {
    let word: String = number.chars().take_while(|c| c.is_alphabetic() || *c == '\u{b0}').collect();
    let behind = &number[word.len()..];
    let is_word = ["no", "nr", "num", "number", "order", "n\u{b0}", "n\u{ba}", "n\u{1d52}"]
        .contains(&word.to_lowercase().as_str());
    is_word && behind.starts_with(|c: char| c.is_whitespace() || ".:#\u{ff03}".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_gets_a_second_sign() {
        for (number, read) in [
            ("1001", "#1001"),
            ("A-1001", "#A-1001"),
            ("NO-1001", "#NO-1001"),
            ("Nordic 7", "#Nordic 7"),
            ("#1001", "#1001"),
            ("# 1001", "# 1001"),
            (" #1001", " #1001"),
            ("##1001", "##1001"),
            ("\u{ff03}1001", "\u{ff03}1001"),
            ("\u{2116}1001", "\u{2116}1001"),
            ("No. 1001", "No. 1001"),
            ("no 1001", "no 1001"),
            ("N\u{ba} 1001", "N\u{ba} 1001"),
            ("Order #1001", "Order #1001"),
            ("", "#"),
        ] {
            assert_eq!(shown(number), read);
        }
    }
}
