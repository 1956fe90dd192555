//! Addresses of pages: one place that knows how they are put together and escaped.

use std::fmt::Write;

use domain::imports::ImportQuery;
pub use domain::link::{escape, from_segment, order, segment};
use domain::orders::OrderQuery;
use domain::orders::query::AmountsIn;

/// `path` with a query string of `pairs`.
pub fn with_query<'a>(path: &str, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut out = path.to_owned();
    for (i, (name, value)) in pairs.into_iter().enumerate() {
        out.push(if i == 0 { '?' } else { '&' });
        let _infallible = write!(out, "{name}={}", escape(value));
    }
    out
}

/// A tenant's dashboard, of one store or of all.
pub fn home(tenant: &str, store: Option<&str>) -> String {
    with_query(&format!("/t/{tenant}"), store.map(|s| ("store", s)))
}

/// The order list under `query`.
pub fn orders(tenant: &str, query: &OrderQuery) -> String {
    format!("/t/{tenant}/orders{}", query_of(query))
}

/// The filters of `query` behind a path, or nothing.
pub fn query_of(query: &OrderQuery) -> String {
    let pairs = query.pairs(AmountsIn::Major);
    with_query("", pairs.iter().map(|(n, v)| (*n, v.as_str())))
}

/// One order, come to from the list under `within`.
pub fn order_within(tenant: &str, store: &str, number: &str, within: &OrderQuery) -> String {
    order(tenant, store, number) + &query_of(within)
}

/// The list of imports.
pub fn imports(tenant: &str) -> String {
    format!("/t/{tenant}/imports")
}

/// The list of imports under `query`.
pub fn imports_under(tenant: &str, query: &ImportQuery) -> String {
    with_query(&imports(tenant), query.pairs().iter().map(|(n, v)| (*n, v.as_str())))
}

/// Whether `path` may be redirected to: a path on this server, and no other server in disguise.
pub fn is_local(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains(|c: char| c == '\\' || c.is_control() || c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_parts_stay_parts() {
        assert_eq!(order("demo", "shop", "a/b?c#d é"), "/t/demo/orders/shop/a%2Fb%3Fc%23d%20%C3%A9");
        assert_eq!(with_query("/x", [("q", "a&b=c")]), "/x?q=a%26b%3Dc");
    }

    #[test]
    fn no_number_is_walked_on() {
        for (number, step) in
            [(".", "~."), ("..", "~.."), ("~", "~~"), ("~..", "~~.."), ("...", "..."), ("a/..", "a%2F..")]
        {
            assert_eq!(segment(number), step);
            assert_eq!(from_segment(&step.replace("%2F", "/")), number);
        }
    }

    #[test]
    fn only_paths_of_this_server_are_local() {
        assert!(is_local("/t/demo/orders?q=1"));
        for bad in ["", "//evil.test", "https://evil.test", "/\\evil.test", "/a\r\nx", "javascript:1", "/\t/evil.test"]
        {
            assert!(!is_local(bad), "{bad:?}");
        }
    }
}
