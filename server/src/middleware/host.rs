//! Whom a request asks: exactly one host, or it is not answered. What two readers on the way could understand in two ways is
//! refused before anything is made of it.

use std::net::Ipv6Addr;

use axum::extract::Request;
use http::{HeaderValue, Version, header};

/// Whether the request names one host, as its version of HTTP wants it.
pub fn is_named<B>(request: &http::Request<B>) -> bool {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let (first, second) = (hosts.next(), hosts.next());
    let is_good = second.is_none()
        && first.is_none_or(is_host)
        && request.uri().authority().is_none_or(|a| is_authority(a.as_str()));
    let is_there = match request.version() {
        Version::HTTP_11 => first.is_some(),
        Version::HTTP_09 | Version::HTTP_10 => true,
        _ => first.is_some() || request.uri().authority().is_some(),
    };
    is_good && is_there
}

/// Longest address that is read.
pub const LONGEST_ADDRESS: usize = 8 * 1024;

/// Whether the address is one that is read at all.
pub fn is_too_long(request: &Request) -> bool {
    request.uri().path_and_query().is_some_and(|address| address.as_str().len() > LONGEST_ADDRESS)
}

fn is_host(value: &HeaderValue) -> bool {
    value.to_str().is_ok_and(is_authority)
}

// A name or an address, and perhaps a port: nothing before, between or behind them.
fn is_authority(text: &str) -> bool {
    let (host, rest) = match text.strip_prefix('[').map(|inside| inside.split_once(']')) {
        Some(Some((address, rest))) if address.parse::<Ipv6Addr>().is_ok() => ("v6", rest),
        Some(_) => return false,
        None => text.split_at(text.find(':').unwrap_or(text.len())),
    };
    let is_port =
        |port: &str| port.bytes().all(|b| b.is_ascii_digit()) && (port.is_empty() || port.parse::<u16>().is_ok());
    !host.is_empty()
        && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b))
        && (rest.is_empty() || rest.strip_prefix(':').is_some_and(is_port))
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn named(version: Version, uri: &str, hosts: &[&[u8]]) -> bool {
        let mut request = Request::builder().version(version).uri(uri);
        for host in hosts {
            request = request.header("host", HeaderValue::from_bytes(host).unwrap());
        }
        is_named(&request.body(()).unwrap())
    }

    #[test]
    fn one_host_is_named_and_no_more() {
        for host in ["stoa.example", "127.0.0.1:3000", "localhost", "[::1]:3000", "a_b.test:", "xn--bcher-kva.example"]
        {
            assert!(named(Version::HTTP_11, "/", &[host.as_bytes()]), "{host}");
        }
        for host in [
            "",
            " ",
            "a b",
            "a,b",
            "user@stoa.example",
            "user:x@stoa.example",
            "stoa.example:x",
            "stoa.example:99999",
            "a/b",
            "a?b",
            "a#b",
            "[::1",
            "[x]",
            ":3000",
            "a\\b",
            "a\"b",
            "<a>",
            "a%00b",
            "stoa.example:80:80",
            "bücher.example",
        ] {
            assert!(!named(Version::HTTP_11, "/", &[host.as_bytes()]), "{host}");
        }
        assert!(!named(Version::HTTP_11, "/", &[b"a.test", b"a.test"]) && !named(Version::HTTP_11, "/", &[]));
        assert!(
            !named(Version::HTTP_11, "http://a.test/", &[]) && named(Version::HTTP_11, "http://a.test/", &[b"a.test"])
        );
        assert!(named(Version::HTTP_10, "/", &[]) && !named(Version::HTTP_10, "/", &[b"a", b"b"]));
        assert!(named(Version::HTTP_2, "http://a.test/", &[]) && !named(Version::HTTP_2, "/", &[]));
        assert!(!named(Version::HTTP_2, "http://u@a.test/", &[]));
    }
}
