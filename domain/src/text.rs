//! Texts as they arrive: what cannot be seen is taken off their ends, and what would break a line out of their midst.

use std::borrow::Cow;

/// `text` without white space and other characters that cannot be seen at its ends: no-break and zero-width spaces, byte order
/// marks, marks of direction.
pub fn trim(text: &str) -> &str {
    let plain = |b: Option<u8>| b.is_some_and(|b| b.is_ascii_graphic());
    if plain(text.bytes().next()) && plain(text.bytes().next_back()) {
        return text;
    }
    text.trim_matches(is_unseen)
}

/// `text` on one line: each run of line breaks, tabs and other control characters is one space. A NUL stays, to be refused.
pub fn on_one_line(text: &str) -> Cow<'_, str> {
    if !text.contains(breaks) {
        return Cow::Borrowed(text);
    }
    let mut line = String::with_capacity(text.len());
    let mut is_broken = false;
    for c in text.chars() {
        if breaks(c) {
            is_broken = true;
        } else if !is_broken || c != ' ' {
            if is_broken && !line.is_empty() && !line.ends_with(' ') {
                line.push(' ');
            }
            is_broken = false;
            line.push(c);
        }
    }
    Cow::Owned(line)
}

/// `text` without control characters other than line breaks and tabs. A NUL stays, to be refused.
pub fn without_controls(text: &str) -> Cow<'_, str> {
    let bad = |c: char| c != '\0' && c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if text.contains(bad) { Cow::Owned(text.replace(bad, "")) } else { Cow::Borrowed(text) }
}

/// The first `most` characters of `text`, if it has more.
pub fn cut(text: &str, most: usize) -> Option<&str> {
    if text.len() <= most {
        return None;
    }
    text.char_indices().nth(most).map(|(at, _)| trim(&text[..at]))
}

/// The beginning of `text`, in which nothing breaks a line or cannot be stored.
pub fn shown(text: &str, most: usize) -> String {
    let clean = |c: char| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c };
    let mut out: String = text.chars().take(most).map(clean).collect();
    if text.chars().nth(most).is_some() {
        out.push('…');
    }
    out
}

fn is_unseen(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn breaks(c: char) -> bool {
    c != '\0' && (c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_cannot_be_seen_is_no_content() {
        for text in
            ["Jana", " Jana ", "\u{a0}Jana\u{202f}", "\u{feff}Jana\u{200b}", "\tJana\r\n", "\u{200e}Jana\u{200f}"]
        {
            assert_eq!(trim(text), "Jana", "{text:?}");
        }
        assert_eq!(trim("\u{200b} \u{a0}"), "");
        assert_eq!(trim("O\u{a0}Neil \u{1f469}\u{200d}\u{1f680}"), "O\u{a0}Neil \u{1f469}\u{200d}\u{1f680}");
    }

    #[test]
    fn breaks_become_one_space() {
        for (text, line) in [
            ("Tea,\tloose", "Tea, loose"),
            ("Tea\r\nloose", "Tea loose"),
            ("Tea \n loose", "Tea loose"),
            ("Tea \n\t\u{7}loose", "Tea loose"),
            ("Tea  loose", "Tea  loose"),
            ("\u{2028}Tea", "Tea"),
            ("a\0b", "a\0b"),
        ] {
            assert_eq!(on_one_line(text), line, "{text:?}");
        }
        assert_eq!(without_controls("a\u{1b}b\nc\td"), "ab\nc\td");
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!((cut("žluťoučký", 4), cut("žluť", 4), cut("abc", 5)), (Some("žluť"), None, None));
        assert_eq!(cut("abc def", 4), Some("abc"));
    }

    proptest! {
        #[test]
        fn what_is_clean_stays(text in "\\PC{0,30}") {
            let clean = on_one_line(trim(&text)).into_owned();
            prop_assert_eq!(on_one_line(&clean), clean.as_str());
            prop_assert!(cut(&text, 10).is_none_or(|short| short.chars().count() <= 10 && text.starts_with(short)
                || text.chars().count() > 10));
        }
    }
}
