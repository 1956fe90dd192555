//! The browser of a sign-in: what it is called, and how it is recognised later.

use axum::http::HeaderValue;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::request::Parts;
use http::{HeaderMap, header};

use super::sign_in_throttle::network;
use crate::middleware::{address, cookies};
use crate::state::AppState;

const BYTES: usize = 16;
const TWO_YEARS: i64 = 63_072_000;
const LONGEST_AGENT: usize = 300;

/// What a session keeps of the browser: its own words for itself, cut to a length.
pub fn agent(headers: &HeaderMap) -> String {
    let text = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    text.chars().take(LONGEST_AGENT).collect()
}

/// The browser that calls itself `agent`, in words.
pub fn words(agent: &str) -> String {
    // Most claim to be several; the one that only it claims comes first.
    const BROWSERS: [(&str, &str); 6] = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 6] = [
        ("iPhone", "an iPhone"),
        ("iPad", "an iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "a Mac"),
        ("Linux", "Linux"),
    ];
    let first =
        |known: &[(&str, &'static str)]| known.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    match (first(&BROWSERS), first(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        (None, Some(system)) => format!("a program on {system}"),
        (None, None) => "an unknown browser".to_owned(),
    }
}

/// What the browser is known again by: its cookie, or else how it calls itself and the network that it is in.
pub fn id(parts: &Parts, state: &AppState) -> String {
    match own(&parts.headers, state) {
        Some(value) => value,
        None => format!("{}|{}", agent(&parts.headers), network(address::client(parts, state.config.http.proxies))),
    }
}

/// The cookie of a browser that has one. It cannot be guessed, so it tells a browser of earlier sign-ins from any other.
pub fn own(headers: &HeaderMap, state: &AppState) -> Option<String> {
    cookies::cookie(headers, name(state)).filter(|value| is_ours(value)).map(str::to_owned)
}

/// A cookie for a browser that has none yet.
pub fn cookie(headers: &HeaderMap, state: &AppState) -> Option<HeaderValue> {
    if cookies::cookie(headers, name(state)).is_some_and(is_ours) {
        return None;
    }
    let mut bytes = [0_u8; BYTES];
    getrandom::fill(&mut bytes).ok()?;
    cookies::set(name(state), &URL_SAFE_NO_PAD.encode(bytes), TWO_YEARS, state.config.http.secure)
}

fn name(state: &AppState) -> &'static str {
    if state.config.http.secure { "__Host-device" } else { "device" }
}

fn is_ours(value: &str) -> bool {
    URL_SAFE_NO_PAD.decode(value).is_ok_and(|bytes| bytes.len() == BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_told_by_what_only_they_claim() {
        let chrome =
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";
        for (agent, expected) in [
            (chrome.to_owned(), "Chrome on Linux"),
            (chrome.replace("Safari/537.36", "Safari/537.36 Edg/131.0"), "Edge on Linux"),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"
                    .to_owned(),
                "Safari on an iPhone",
            ),
            ("Mozilla/5.0 (Windows NT 10.0; rv:132.0) Gecko/20100101 Firefox/132.0".to_owned(), "Firefox on Windows"),
            (String::new(), "an unknown browser"),
        ] {
            assert_eq!(words(&agent), expected);
        }
    }
}
