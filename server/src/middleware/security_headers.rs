//! The headers that keep browsers from doing what these pages never ask for.

use std::sync::Arc;

use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue};

/// The nonce of this response, as a request extension: pages put it where their placeholder stands.
#[derive(Clone, Debug)]
pub struct Nonce(pub Arc<str>);

const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

const SAME_ORIGIN: HeaderValue = HeaderValue::from_static("same-origin");
const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
const TWO_YEARS: HeaderValue = HeaderValue::from_static("max-age=63072000");
const NO_FEATURES: HeaderValue =
    HeaderValue::from_static("camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()");

/// Adds them to a response; a policy or a cache rule that its handler has set stays.
pub fn add(headers: &mut HeaderMap, nonce: &str, secure: bool) {
    headers.insert(X_CONTENT_TYPE_OPTIONS, NOSNIFF);
    headers.insert(REFERRER_POLICY, SAME_ORIGIN);
    headers.insert(RESOURCE_POLICY, SAME_ORIGIN);
    if secure {
        headers.insert(STRICT_TRANSPORT_SECURITY, TWO_YEARS);
    }
    headers.entry(CACHE_CONTROL).or_insert(NO_STORE);
    let is_page = headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if is_page {
        headers.insert(PERMISSIONS_POLICY, NO_FEATURES);
        headers.insert(OPENER_POLICY, SAME_ORIGIN);
        if !headers.contains_key(CONTENT_SECURITY_POLICY)
            && let Ok(policy) = HeaderValue::try_from(content_policy(nonce))
        {
            headers.insert(CONTENT_SECURITY_POLICY, policy);
        }
    }
}

fn content_policy(nonce: &str) -> String {
    [
        "default-src 'self'; script-src 'self' 'nonce-",
        nonce,
        "' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; connect-src 'self'; object-src 'none'; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_get_a_policy_and_their_own_rules_stay() {
        let mut page = HeaderMap::new();
        page.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        add(&mut page, "abc", true);
        let policy = page[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("script-src 'self' 'nonce-abc' 'wasm-unsafe-eval';"), "{policy}");
        assert!(!policy.contains("unsafe-inline"), "{policy}");
        assert_eq!((&page[CACHE_CONTROL], &page[STRICT_TRANSPORT_SECURITY]), (&NO_STORE, &TWO_YEARS));
        let mut asset = HeaderMap::new();
        asset.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
        add(&mut asset, "abc", false);
        assert_eq!(asset[CACHE_CONTROL], "public, max-age=3600");
        assert!(!asset.contains_key(CONTENT_SECURITY_POLICY) && !asset.contains_key(STRICT_TRANSPORT_SECURITY));
    }
}
