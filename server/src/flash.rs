//! Flash messages: what was just done, shown once on the page that a redirect leads to. The server seals the message into a
//! cookie for that path and that session, and takes the cookie back when the message was shown. No address can make a page
//! claim that something was done, and neither scripts nor Redis are needed.

use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::SET_COOKIE;
use http::request::Parts;
use http::{HeaderMap, HeaderValue};

use crate::middleware::{cookies, current};
use crate::state::AppState;

/// Seconds in which the page must be opened.
const LASTS: i64 = 60;

/// The message that a response leaves for the page it leads to: a response extension, which [`settle`] turns into a cookie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flash {
    /// The path of that page.
    pub path: String,
    /// The word for what was done. The page knows what to say about it.
    pub word: String,
}

/// On to `address` after something was done; `word` says what.
pub fn redirect(address: &str, word: impl Into<String>) -> Response {
    let path = address.split(['?', '#']).next().unwrap_or_default().to_owned();
    let mut response = Redirect::to(address).into_response();
    response.extensions_mut().insert(Flash { path, word: word.into() });
    response
}

/// The word that was left for the page of this request. Only whoever opens the page takes it: scripts that fetch parts of
/// pages, and browsers that load pages ahead, leave it where it is.
pub fn word(parts: &Parts, state: &AppState) -> Option<String> {
    let sealed = cookies::cookie(&parts.headers, name(state))?;
    let is_opened = parts.headers.get("sec-fetch-dest").is_none_or(|dest| dest == "document");
    if !is_opened || parts.headers.contains_key("sec-purpose") {
        return None;
    }
    let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
    let purpose = purpose(parts.uri.path(), session(&parts.headers, state));
    let opened = String::from_utf8(state.sealer.open(&purpose, &sealed).ok()?).ok()?;
    let (until, word) = opened.split_once(' ')?;
    (until.parse::<i64>().ok()? > state.db.clock().now().timestamp()).then(|| word.to_owned())
}

/// Sends the cookie of a message that `response` leaves, or takes back that of one that was shown. `asked` are the headers
/// of the request.
pub fn settle(state: &AppState, asked: &HeaderMap, response: &mut Response) {
    let cookie = match response.extensions_mut().remove::<Flash>() {
        Some(flash) => sealed(state, asked, response, &flash).and_then(|value| cookie(state, &value, LASTS)),
        None if current::is_flash_shown() => cookie(state, "", 0),
        None => return,
    };
    if let Some(cookie) = cookie {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
}

fn sealed(state: &AppState, asked: &HeaderMap, response: &Response, flash: &Flash) -> Option<String> {
    let until = state.db.clock().now().timestamp() + LASTS;
    // The session as it is from now on: what was done may have renamed it.
    let set = response.headers().get_all(SET_COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let mut renamed = set
        .filter_map(|line| line.split(';').next()?.split_once('='))
        .filter(|(name, _)| *name == state.sessions.cookie());
    let session = renamed.next_back().map_or_else(|| session(asked, state), |(_, value)| value);
    let sealed = state.sealer.seal(&purpose(&flash.path, session), format!("{until} {}", flash.word).as_bytes());
    Some(URL_SAFE_NO_PAD.encode(sealed.ok()?))
}

fn cookie(state: &AppState, value: &str, seconds: i64) -> Option<HeaderValue> {
    cookies::set(name(state), value, seconds, state.config.http.secure)
}

fn name(state: &AppState) -> &'static str {
    if state.config.http.secure { "__Host-flash" } else { "flash" }
}

fn session<'a>(headers: &'a HeaderMap, state: &AppState) -> &'a str {
    cookies::cookie(headers, state.sessions.cookie()).unwrap_or_default()
}

fn purpose(path: &str, session: &str) -> String {
    format!("flash {session} {path}")
}
