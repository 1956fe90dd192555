//! Cookies as requests bring them. The theme is one, and not a setting: error pages and the sign-in page follow it
//! too, and nobody needs to be signed in for it.

use app::document::Theme;
use http::{HeaderMap, HeaderValue, header};
use tower_sessions::cookie::time::Duration;
use tower_sessions::cookie::{Cookie, SameSite};

/// The theme's cookie.
pub const THEME: &str = "theme";

/// Light or dark, as this browser has chosen.
pub fn theme(headers: &HeaderMap) -> Theme {
    cookie(headers, THEME).map(Theme::read).unwrap_or_default()
}

/// A cookie for every page of this server and for no script, as the header that sets it. 0 seconds take it back.
pub fn set(name: &str, value: &str, seconds: i64, secure: bool) -> Option<HeaderValue> {
    let cookie = Cookie::build((name, value)).path("/").max_age(Duration::seconds(seconds));
    let cookie = cookie.same_site(SameSite::Lax).http_only(true).secure(secure);
    HeaderValue::try_from(cookie.to_string()).ok()
}

/// The cookies among `headers`, for what is asked about them when the request is gone.
pub fn of(headers: &HeaderMap) -> HeaderMap {
    headers.get_all(header::COOKIE).into_iter().map(|line| (header::COOKIE, line.clone())).collect()
}

/// The value of the cookie called `name`.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, "stoa=x; theme=dark; y=z".parse().unwrap());
        headers.append(header::COOKIE, "more=1".parse().unwrap());
        assert_eq!(theme(&headers), Theme::Dark);
        assert_eq!((cookie(&headers, "more"), cookie(&headers, "the")), (Some("1"), None));
        assert_eq!(theme(&HeaderMap::new()), Theme::System);
    }
}
