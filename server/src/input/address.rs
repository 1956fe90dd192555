//! Paths and query strings: text, and nothing that PostgreSQL has no place for.

use std::borrow::Cow;

use axum::extract::{FromRequestParts, RawPathParams};
use http::request::Parts;
use percent_encoding::percent_decode_str;

use super::Refusal;

/// Most parameters of a query string; the longest list of filters has a tenth of them.
const MOST_PARAMETERS: usize = 200;

/// What is said of a text with the character NUL in it.
pub const NUL: &str = "must not hold the character NUL";
/// What is said of bytes that are no text.
pub const NOT_UTF8: &str = "must be UTF-8";

/// A part of a path that is no text, or holds a NUL, names nothing. Secrets are only ever hashed: theirs decide for themselves.
///
/// # Errors
/// [`Refusal::NotFound`].
pub async fn check_path(parts: &mut Parts) -> Result<(), Refusal> {
    // Most paths say nothing in code.
    if !parts.uri.path().contains('%') {
        return Ok(());
    }
    let params = RawPathParams::from_request_parts(parts, &()).await.map_err(|_| Refusal::NotFound)?;
    let is_broken = params.iter().any(|(name, value)| name != "secret" && value.contains('\0'));
    if is_broken { Err(Refusal::NotFound) } else { Ok(()) }
}

/// A page's parameters are text, and not without an end.
///
/// # Errors
/// [`Refusal::Unreadable`].
pub fn check_query(query: Option<&str>) -> Result<(), Refusal> {
    let Some(query) = query.filter(|query| !query.is_empty()) else { return Ok(()) };
    if query.bytes().filter(|byte| *byte == b'&').count() >= MOST_PARAMETERS {
        return Err(Refusal::Unreadable("The address has too many parameters.".to_owned()));
    }
    match query.split('&').find_map(fault) {
        None => Ok(()),
        Some((name, words)) => Err(Refusal::Unreadable(format!("The parameter \"{name}\" of the address {words}."))),
    }
}

/// What is wrong with one `name=value`, if anything: its name as far as it can be shown, and the words.
pub fn fault(pair: &str) -> Option<(String, &'static str)> {
    // Nearly all of them.
    if !pair.bytes().any(|byte| byte == b'%' || byte == 0 || byte >= 0x80) {
        return None;
    }
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let words = [name, value].into_iter().find_map(|text| match decoded(text) {
        None => Some(NOT_UTF8),
        Some(text) if text.contains('\0') => Some(NUL),
        Some(_) => None,
    })?;
    let shown = decoded(name).unwrap_or(Cow::Borrowed("?"));
    Some((shown.chars().filter(|c| !c.is_control()).take(60).collect(), words))
}

/// The text that `%` and two digits spell, where it is one. A `+` may stay: it changes nothing that is asked here.
fn decoded(text: &str) -> Option<Cow<'_, str>> {
    percent_decode_str(text).decode_utf8().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_text_without_nul() {
        for fine in ["", "a=b", "q=%C3%A9&x", "q=100%", "q=%2500", "q=%zz", "a+b=c+d", "q=%F0%9F%98%80"] {
            assert!(check_query(Some(fine)).is_ok(), "{fine}");
        }
        for (bad, name) in [
            ("q=%00", "\"q\""),
            ("a=1&q=x%00y", "\"q\""),
            ("%00=1", "\"\""),
            ("q=%c0%80", "\"q\""),
            ("q=%ff", "\"q\""),
            ("q=%ed%a0%80", "\"q\""),
            ("q%ff=1", "\"?\""),
        ] {
            let Err(Refusal::Unreadable(words)) = check_query(Some(bad)) else { panic!("{bad}") };
            assert!(words.contains(name), "{bad}: {words}");
        }
        assert!(check_query(Some(&"a&".repeat(300))).is_err());
    }
}
