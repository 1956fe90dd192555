//! E-mail addresses that mail is sent to: plain ones, of which nothing can be anything but an address.

use crate::text_key;

/// Longest address, as SMTP has it.
const LONGEST: usize = 254;
const LONGEST_LOCAL: usize = 64;
const LONGEST_LABEL: usize = 63;

/// The address in `text`, its domain in lower case.
///
/// # Errors
/// Words that follow the name of a field.
pub fn check(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    let good = text.rsplit_once('@').filter(|(local, domain)| {
        text.len() <= LONGEST && is_local(local) && !domain.is_empty() && domain.split('.').all(is_label)
    });
    let (local, domain) = good.ok_or("must be an e-mail address such as ana@example.com")?;
    Ok(format!("{local}@{}", domain.to_ascii_lowercase()))
}

/// What an address is told apart by and found by, however it is written: one form for every spelling. Addresses are compared
/// by their keys alone, and a key is made here alone. An address that [`check`] passes has a key of plain lower case.
pub fn key(text: &str) -> String {
    text_key::folded(text.trim())
}

// Words of letters, digits and some signs, with single dots between them.
fn is_local(local: &str) -> bool {
    let sign = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b);
    local.len() <= LONGEST_LOCAL && local.split('.').all(|word| !word.is_empty() && word.bytes().all(sign))
}

fn is_label(label: &str) -> bool {
    (1..=LONGEST_LABEL).contains(&label.len())
        && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_are_told_from_everything_else() {
        for (text, address) in [
            ("ana@example.com", "ana@example.com"),
            (" Ana.B+shop@Example.COM ", "Ana.B+shop@example.com"),
            ("o'neil@xn--mnchen-3ya.example", "o'neil@xn--mnchen-3ya.example"),
            ("root@localhost", "root@localhost"),
        ] {
            assert_eq!(check(text).as_deref(), Ok(address));
        }
        let long = format!("{}@example.com", "a".repeat(65));
        let bad =
            ["", "@", "a@", "@b.c", "a b@c.d", "a@b@c.d", "a..b@c.d", ".a@c.d", "a@b..c", "a@-b.c", "a@[1.2.3.4]"];
        for text in
            bad.into_iter().chain(["a@b.c, d@e.f", "A <a@b.c>", "a@b.c\r\nBcc: x@y.z", "ü@b.c", "\"a\"@b.c", &long])
        {
            assert!(check(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn every_spelling_of_an_address_has_one_key() {
        for text in ["ana@example.com", " ANA@Example.com\t", "\u{ff41}na@EXAMPLE.COM", "an\u{aa}@example.com"] {
            assert_eq!(key(text), "ana@example.com", "{text:?}");
        }
        assert_eq!(key("\u{212a}im@example.com"), key("KIM@example.com"));
    }

    proptest! {
        #[test]
        fn what_passes_holds_nothing_that_ends_a_header(text in "[a-z@.\r\n<>,;: \"]{0,40}") {
            if let Ok(address) = check(&text) {
                prop_assert!(!address.contains(|c: char| c.is_whitespace() || c.is_control() || "<>,;:\"".contains(c)));
                prop_assert_eq!(check(&address), Ok(address));
            }
        }
    }
}
