//! Lines of CSV for people's spreadsheets: quoted as RFC 4180 has it, and harmless to open. No crate writes them: those there
//! are know nothing of formulas, and the rest is a pair of quotation marks.

/// One line, its end included.
pub fn line<T: AsRef<str>>(cells: impl IntoIterator<Item = T>) -> String {
    let mut out = cells.into_iter().map(|c| cell(c.as_ref())).collect::<Vec<_>>().join(",");
    out.push_str("\r\n");
    out
}

/// One cell. A text that a spreadsheet would take for a formula stands behind an apostrophe; a plain number does not.
pub fn cell(text: &str) -> String {
    let starts = text.trim_start_matches([' ', '\u{a0}', '\u{feff}']).chars().next();
    let acts =
        matches!(starts, Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '|' | '%' | '＝' | '＋' | '－' | '＠'));
    let mark = if acts && !is_number(text) { "'" } else { "" };
    if text.contains([',', '"', '\r', '\n', ';', '\t']) || !mark.is_empty() {
        format!("\"{mark}{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
        && digits.matches('.').count() <= 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formulas_become_text_and_numbers_stay() {
        for (given, written) in [
            ("Tea", "Tea"),
            ("-12.50", "-12.50"),
            ("-", "\"'-\""),
            ("-2+3", "\"'-2+3\""),
            ("=1+1", "\"'=1+1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            (" =cmd|' /C calc'!A0", "\"' =cmd|' /C calc'!A0\""),
            ("a,b", "\"a,b\""),
            ("say \"x\"", "\"say \"\"x\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("", ""),
        ] {
            assert_eq!(cell(given), written, "{given:?}");
        }
        assert_eq!(line(["a", "=b"]), "a,\"'=b\"\r\n");
    }

    proptest! {
        #[test]
        fn a_cell_never_begins_a_formula_and_ends_where_it_should(text in "\\PC{0,40}") {
            let written = cell(&text);
            let inner = written.strip_prefix('"').and_then(|w| w.strip_suffix('"')).unwrap_or(&written);
            prop_assert!(is_number(inner) || !inner.starts_with(['=', '+', '-', '@', '\t', '\r']));
            prop_assert_eq!(inner.matches('"').count() % 2, 0);
            prop_assert!(written.starts_with('"') || !written.contains([',', '\n', '\r', '"']));
        }
    }
}
