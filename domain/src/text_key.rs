//! What texts are found by and told apart by. Made here alone and stored beside the text: no two programs lower every
//! letter alike, so nothing else may fold a text that a key is compared with.

use unicase::UniCase;
use unicode_normalization::UnicodeNormalization;

/// One form for every spelling of the same letters: compatibility forms, accents and case (the full folding of Unicode, as in
/// `ß` and `SS`). The same however often it is folded, and unmoved by newer versions of Unicode.
pub fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let once = case_folded(&text.nfd().collect::<String>());
    case_folded(&once.nfkd().collect::<String>()).nfkc().collect()
}

/// What a search goes by: [`folded`], and the Turkish letters `İ` and `ı` are an `i`, because who searches may have no other.
pub fn sought(text: &str) -> String {
    let folded = folded(text);
    if folded.is_ascii() {
        return folded;
    }
    // A dot above an `i` that has one. Below the dot there may be other marks; the order of marks is fixed by then.
    folded.replace("i\u{307}", "i").replace('ı', "i").nfkc().collect()
}

fn case_folded(text: &str) -> String {
    UniCase::unicode(text).to_folded_case()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings_of_the_same_letters_have_one_key() {
        for (one, other) in [
            ("ANA@Example.COM", "ana@example.com"),
            ("ΟΔΟΣ", "οδος"),
            ("Straße", "STRASSE"),
            ("\u{212a}elvin", "kelvin"),
            ("\u{212b}ngstro\u{308}m", "ångström"),
            ("\u{ff21}\u{ff22}-1", "ab-1"),
            ("\u{fb01}n", "FIN"),
            ("\u{1e9e}", "ss"),
        ] {
            assert_eq!(folded(one), folded(other), "{one} {other}");
            assert_eq!(sought(one), sought(other), "{one} {other}");
        }
    }

    #[test]
    fn turkish_letters_are_found_with_any_keyboard_and_stay_apart_as_identities() {
        for text in ["İREM-1", "irem-1", "ırem-1", "IREM-1", "I\u{307}rem-1"] {
            assert_eq!(sought(text), "irem-1", "{text}");
        }
        assert_ne!(folded("irem@example.com"), folded("ırem@example.com"));
        assert_ne!(folded("irem@example.com"), folded("İrem@example.com"));
    }

    proptest! {
        #[test]
        fn a_key_is_its_own_key(text in "\\PC{0,24}") {
            prop_assert_eq!(folded(&folded(&text)), folded(&text));
            prop_assert_eq!(sought(&sought(&text)), sought(&text));
            prop_assert_eq!(sought(&folded(&text)), sought(&text));
        }

        #[test]
        fn case_is_no_difference(text in "\\PC{0,24}") {
            prop_assert_eq!(folded(&text.to_uppercase()), folded(&text.to_uppercase().to_lowercase()));
        }

        // A text that begins another is found with it, as long as it ends where a letter ends.
        #[test]
        fn a_beginning_stays_a_beginning(first in "[a-zA-ZäßςΣİı]{0,8}", rest in "[a-zA-ZäßςΣİı-]{0,8}") {
            let whole = format!("{first}{rest}");
            prop_assert!(sought(&whole).starts_with(&sought(&first)));
        }
    }
}
