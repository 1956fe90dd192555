//! Where somebody goes after signing in: only to paths of this server.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

// What means something in a query is escaped.
const IN_QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// `text` when it is a path of this server, with its query; `/` otherwise. Browsers read `//host` and `/\host`
/// as other hosts, and drop control characters while reading.
pub fn local(text: &str) -> &str {
    let mut chars = text.chars();
    let path = chars.next() == Some('/') && !matches!(chars.next(), Some('/' | '\\'));
    let plain = text.len() <= 2_000 && !text.contains(|c: char| c.is_control() || c == '\\' || !c.is_ascii());
    if path && plain { text } else { "/" }
}

/// The sign-in page that leads on to `next`.
pub fn sign_in_address(next: &str) -> String {
    match local(next) {
        "/" => "/login".to_owned(),
        next => format!("/login?next={}", utf8_percent_encode(next, IN_QUERY)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_server_are_followed() {
        for good in ["/", "/t/demo", "/t/demo/orders?q=a%20b&from=2026-01-01"] {
            assert_eq!(local(good), good);
        }
        for bad in [
            "",
            "//evil.test",
            "/\\evil.test",
            "/\t/evil.test",
            "https://evil.test",
            "t/demo",
            "/a\r\nSet-Cookie: x",
            "/\\/x",
            "/ü",
        ] {
            assert_eq!(local(bad), "/", "{bad:?}");
        }
    }

    #[test]
    fn the_way_back_stands_in_the_query() {
        assert_eq!(sign_in_address("/"), "/login");
        assert_eq!(sign_in_address("/t/demo/orders?q=a&b"), "/login?next=/t/demo/orders%3Fq%3Da%26b");
    }
}
