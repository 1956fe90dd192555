//! The one form of an e-mail address by which accounts are found, invited, counted and compared. Whatever decides by an
//! address decides by this: two spellings that find the same account are also counted as one.

use unicode_normalization::UnicodeNormalization;

use crate::text_key::sought;

/// The key of `text`: before the `@` what a search goes by ([`sought`]), the domain as it is asked of name servers, without
/// the dot at its end.
pub fn email_key(text: &str) -> String {
    let text: String = text.nfkc().collect();
    match text.trim().rsplit_once('@') {
        Some((local, domain)) => format!("{}@{}", sought(local.trim_end()), domain_key(domain)),
        None => sought(text.trim()),
    }
}

/// The key of a domain.
pub fn domain_key(text: &str) -> String {
    let domain = text.trim().trim_end_matches(['.', '。', '．', '｡']);
    let key = idna::domain_to_ascii(domain).unwrap_or_else(|_| sought(domain));
    key.trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_of_one_address_have_one_key() {
        for (text, key) in [
            (" Ana@Example.COM ", "ana@example.com"),
            ("ana@example.com.", "ana@example.com"),
            ("\u{130}ana@example.com", "iana@example.com"),
            ("IANA@example.com", "iana@example.com"),
            ("i\u{307}ana@example.com", "iana@example.com"),
            ("ΟΔΥΣΣΕΥΣ@example.com", "οδυσσευσ@example.com"),
            ("οδυσσευς@example.com", "οδυσσευσ@example.com"),
            ("ａｎａ＠ｅｘａｍｐｌｅ．ｃｏｍ", "ana@example.com"),
            ("\u{212a}ana@example.com", "kana@example.com"),
            ("ﬁ@example.com", "fi@example.com"),
            ("ana@München.example", "ana@xn--mnchen-3ya.example"),
            ("ana@XN--MNCHEN-3YA.example", "ana@xn--mnchen-3ya.example"),
            ("ana@mu\u{308}nchen.example", "ana@xn--mnchen-3ya.example"),
            ("ana@example。com", "ana@example.com"),
            ("\u{a0}ana@example.com\u{3000}", "ana@example.com"),
            ("no address", "no address"),
            ("", ""),
        ] {
            assert_eq!(email_key(text), key, "{text:?}");
        }
        for (one, other) in [("ana@example.com", "anna@example.com"), ("a.na@example.com", "ana@example.com")] {
            assert_ne!(email_key(one), email_key(other));
        }
    }

    proptest! {
        #[test]
        fn the_key_of_a_key_is_itself(text in "\\PC{0,12}@?\\PC{0,12}") {
            let key = email_key(&text);
            prop_assert_eq!(email_key(&key), key);
        }

        #[test]
        fn plain_addresses_are_only_lowered(text in "[a-zA-Z0-9._+-]{1,20}@[a-zA-Z0-9]{1,10}\\.[a-zA-Z]{2,4}") {
            prop_assert_eq!(email_key(&text), text.to_ascii_lowercase());
        }

        #[test]
        fn case_makes_no_difference(text in "[a-zäöüéσ0-9.+-]{1,12}@[a-z]{1,8}\\.test") {
            prop_assert_eq!(email_key(&text.to_uppercase()), email_key(&text));
        }
    }
}
