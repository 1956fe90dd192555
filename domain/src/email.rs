//! E-mail addresses. Mail is sent to plain ones only, of which nothing can be anything but an address ([`check`]). Addresses that
//! orders bring are somebody else's data: what was put around them is taken off, and nothing more is asked ([`tidy`]).

use std::borrow::Cow;

use crate::text;

/// Longest address, as SMTP has it.
const LONGEST: usize = 254;
const LONGEST_LOCAL: usize = 64;
const LONGEST_LABEL: usize = 63;

/// The address in `text`, its domain in lower case; an internationalised one in its `xn--` form.
///
/// # Errors
/// Words that follow the name of a field.
pub fn check(text: &str) -> Result<String, &'static str> {
    let fault = "Enter an email such as ana@example.com.";
    let (local, domain) = text::trim(text).rsplit_once('@').ok_or(fault)?;
    let domain = ascii(domain).ok_or(fault)?;
    let address = format!("{local}@{}", domain.to_ascii_lowercase());
    let is_good = address.len() <= LONGEST && is_local(local) && !domain.is_empty() && domain.split('.').all(is_label);
    if is_good { Ok(address) } else { Err(fault) }
}

/// The address in `text`, without a name before it, `mailto:`, brackets, quotation marks, and marks behind it; none when what is
/// left is no address.
pub fn tidy(text: &str) -> Option<&str> {
    let around = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '(' | ')' | '[' | ']' | ',' | ';');
    let behind = |c: char| around(c) || matches!(c, '.' | ':');
    let mut address = text::trim(text).trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '.'));
    if let Some((_, named)) = address.strip_suffix('>').and_then(|named| named.rsplit_once('<')) {
        address = named;
    }
    address = address.trim_start_matches(around);
    if address.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("mailto:")) {
        address = address[7..].split('?').next().unwrap_or_default();
    }
    let address = text::trim(address.trim_start_matches(around).trim_end_matches(behind));
    let quoted = address.strip_prefix('\'').and_then(|address| address.strip_suffix('\''));
    Some(quoted.unwrap_or(address)).filter(|address| looks_like(address))
}

/// One `@`, something before it, a dotted name after it, nothing that only stands around addresses. The real proof is a delivered mail.
pub fn looks_like(text: &str) -> bool {
    let Some((local, host)) = text.rsplit_once('@') else { return false };
    let is_foreign = |c: char| c.is_whitespace() || c.is_control() || "<>()[],;:\\\"@".contains(c);
    let is_label = |label: &str| {
        !label.is_empty() && label.chars().all(|c| !c.is_ascii() || c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
    };
    let fits = text.len() <= LONGEST && !local.is_empty() && !text::trim(local).is_empty();
    fits && !local.contains(is_foreign)
        && !host.contains(is_foreign)
        && host.contains('.')
        && host.split('.').all(is_label)
}

// As the Domain Name System has it.
fn ascii(domain: &str) -> Option<Cow<'_, str>> {
    if domain.is_ascii() { Some(Cow::Borrowed(domain)) } else { idna::domain_to_ascii(domain).ok().map(Cow::Owned) }
}

/// What an address is told apart by and found by, however it is written: the same for buyers as for accounts. An address that
/// [`check`] passes has a key of plain lower case.
pub use crate::people::email_key as key;

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
            ("ana@m\u{fc}ller.example", "ana@xn--mller-kva.example"),
            ("ana@M\u{dc}LLER.Example", "ana@xn--mller-kva.example"),
            ("ana@mu\u{308}ller.example", "ana@xn--mller-kva.example"),
            ("ana@\u{43f}\u{43e}\u{447}\u{442}\u{430}.\u{440}\u{444}", "ana@xn--80a1acny.xn--p1ai"),
            ("\u{a0}ana@example.com\u{200b}", "ana@example.com"),
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
        assert_eq!(key("Ana@M\u{fc}ller.example"), "ana@xn--mller-kva.example");
    }

    #[test]
    fn what_stands_around_an_address_is_taken_off() {
        for text in [
            "ana@example.com",
            "ana@example.com,",
            "ana@example.com.",
            "ana@example.com;",
            "ana@example.com ,",
            " ana@example.com\u{a0}",
            "mailto:ana@example.com",
            "MAILTO:ana@example.com?subject=Hello",
            "<ana@example.com>",
            "<mailto:ana@example.com>",
            "Ana B. <ana@example.com>",
            "\"Ana, B.\" <ana@example.com>,",
            "\"ana@example.com\"",
            "'ana@example.com'",
            "(ana@example.com)",
            "[ana@example.com]",
            "\u{feff}ana@example.com\r\n",
        ] {
            assert_eq!(tidy(text), Some("ana@example.com"), "{text:?}");
        }
        for kept in [
            "Ana.B+shop@Example.COM",
            "o'neil@example.com",
            "ana@m\u{fc}ller.example",
            "\u{fc}@b.cz",
            "a_b@c_d.example",
        ] {
            assert_eq!(tidy(kept), Some(kept));
        }
        for text in [
            "",
            "ana",
            "ana@",
            "@example.com",
            "ana@example",
            "ana @example.com",
            "ana@exam ple.com",
            "a@b.c, d@e.f",
            "a@b.c;d@e.f",
            "ana@@example.com",
            "ana@example..com",
            "ana@.com",
            "n/a",
            "-",
            "mailto:",
            "<>",
            "a@b@c.d",
            "ana@example.com\0",
        ] {
            assert_eq!(tidy(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_tidy_stays(text in "[ <\"'(]{0,2}(mailto:)?[a-z.@\u{fc}]{0,20}[ >\"').,;]{0,3}") {
            if let Some(address) = tidy(&text) {
                prop_assert_eq!(tidy(address), Some(address));
                prop_assert!(text.contains(address) && looks_like(address));
            }
        }

        #[test]
        fn an_accepted_address_cannot_end_a_header(text in "[a-z@.\r\n<>,;: \"]{0,40}") {
            if let Ok(address) = check(&text) {
                prop_assert!(!address.contains(|c: char| c.is_whitespace() || c.is_control() || "<>,;:\"".contains(c)));
                prop_assert_eq!(check(&address), Ok(address));
            }
        }
    }
}
