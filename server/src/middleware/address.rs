//! Where a request comes from.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::ConnectInfo;
use http::request::Parts;
use http::{Extensions, HeaderMap};

const FORWARDED: &str = "x-forwarded-for";

/// What proxies add, each of them something else. One of these is enough: the request was handed on.
const HANDED_ON: [&str; 24] = [
    "forwarded",
    "forwarded-for",
    "via",
    "x-real-ip",
    "true-client-ip",
    "client-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-original-forwarded-for",
    "x-original-host",
    "x-original-url",
    "x-originating-ip",
    "x-remote-ip",
    "x-remote-addr",
    "x-proxyuser-ip",
    "x-envoy-external-address",
    "x-appengine-user-ip",
    "x-azure-clientip",
    "x-azure-socketip",
    "x-amzn-trace-id",
    "fly-client-ip",
    "fastly-client-ip",
    "cdn-loop",
    "x-varnish",
];

/// The address of whoever asks: the peer's, or, behind `proxies` proxies of ours, what the outermost of them saw.
/// What stands further left in the header may have been made up by the client.
pub fn client(parts: &Parts, proxies: usize) -> IpAddr {
    sender(&parts.headers, &parts.extensions, proxies)
}

/// The same of a request that was not taken apart yet.
pub fn sender(headers: &HeaderMap, extensions: &Extensions, proxies: usize) -> IpAddr {
    let peer = peer(extensions);
    let Some(steps_back) = proxies.checked_sub(1) else { return peer };
    let lines = headers.get_all(FORWARDED).into_iter().filter_map(|line| line.to_str().ok());
    let seen: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    seen.into_iter().rev().nth(steps_back).and_then(|text| text.parse().ok()).unwrap_or(peer)
}

/// Whether the request was made on this machine and not handed on by a proxy on it.
pub fn is_local(parts: &Parts) -> bool {
    peer(&parts.extensions).to_canonical().is_loopback()
        && !parts.headers.keys().any(|name| is_added_by_proxies(name.as_str()))
}

fn is_added_by_proxies(name: &str) -> bool {
    name.starts_with("x-forwarded") || name.starts_with("cf-") || HANDED_ON.contains(&name)
}

fn peer(extensions: &Extensions) -> IpAddr {
    let known = extensions.get::<ConnectInfo<SocketAddr>>();
    known.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(peer: &str, forwarded: &[&str]) -> Parts {
        let mut builder = http::Request::builder().extension(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
        for line in forwarded {
            builder = builder.header(FORWARDED, *line);
        }
        builder.body(()).unwrap().into_parts().0
    }

    #[test]
    fn only_our_own_proxies_are_believed() {
        let parts = request("10.0.0.1", &["6.6.6.6, 192.0.2.9", "192.0.2.1"]);
        assert_eq!(client(&parts, 0).to_string(), "10.0.0.1");
        assert_eq!(client(&parts, 1).to_string(), "192.0.2.1");
        assert_eq!(client(&parts, 2).to_string(), "192.0.2.9");
        assert_eq!(client(&parts, 4).to_string(), "10.0.0.1");
    }

    #[test]
    fn local_means_not_through_a_proxy() {
        assert!(is_local(&request("127.0.0.1", &[])));
        assert!(is_local(&request("::1", &[])));
        assert!(is_local(&request("::ffff:127.0.0.1", &[])));
        assert!(!is_local(&request("127.0.0.1", &["192.0.2.1"])));
        assert!(!is_local(&request("192.0.2.1", &[])));
        let added = ["x-forwarded-proto", "x-forwarded-host", "x-forwarded", "cf-connecting-ip", "cf-ray"];
        for name in HANDED_ON.into_iter().chain(added) {
            for value in ["", "127.0.0.1", "1.1 proxy"] {
                let mut handed_on = request("127.0.0.1", &[]);
                handed_on.headers.insert(http::HeaderName::from_static(name), value.parse().unwrap());
                assert!(!is_local(&handed_on), "{name}: {value}");
            }
        }
        let mut own = request("127.0.0.1", &[]);
        for (name, value) in [("host", "127.0.0.1:3000"), ("user-agent", "Prometheus"), ("accept", "*/*")] {
            own.headers.insert(http::HeaderName::from_static(name), value.parse().unwrap());
        }
        assert!(is_local(&own));
    }
}
