//! Hostile bytes through everything of this crate that reads headers, cookies and bodies: nothing panics or hangs, and what is
//! accepted is what it looks like.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::extract::ConnectInfo;
use domain::json;
use http::request::Parts;
use http::{HeaderName, HeaderValue, Request, header};
use proptest::prelude::*;

use crate::api::repeat;
use crate::auth::{device, key, next};
use crate::events::place::Place;
use crate::middleware::{address, cookies};
use crate::sessions::session_id;

fn often() -> ProptestConfig {
    let cases = if db::testing::full_counts() { 200_000 } else { 256 };
    // A third of what is made is no header at all.
    ProptestConfig { cases, max_local_rejects: cases, ..ProptestConfig::default() }
}

// What a header may hold: any byte but those that end it.
fn value() -> impl Strategy<Value = HeaderValue> {
    let bytes = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..80),
        "[-+ 0-9]{0,30}".prop_map(String::into_bytes),
        "(stoa|theme|device|__Host-stoa)?=?[A-Za-z0-9_-]{0,30}(; ?[a-z]{0,6}=[^;]{0,20}){0,4}"
            .prop_map(String::into_bytes),
        "([Bb]earer|Basic|) {0,3}[!-~]{0,70}".prop_map(String::into_bytes),
        "[0-9a-f:.]{0,40}(, ?[0-9a-f:.]{0,40}){0,6}".prop_map(String::into_bytes),
        Just(vec![b'9'; 4_000]),
    ];
    bytes.prop_filter_map("no header", |bytes| HeaderValue::from_bytes(&bytes).ok())
}

fn request(name: HeaderName, values: &[HeaderValue], uri: &str) -> Parts {
    let mut request = Request::builder().uri(uri).extension(ConnectInfo(SocketAddr::from(([192, 0, 2, 1], 1))));
    for value in values {
        request = request.header(name.clone(), value);
    }
    request.body(()).unwrap().into_parts().0
}

fn quick<T>(work: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let done = work();
    // Far more than it takes: whatever takes a second grows too fast with what is sent.
    assert!(began.elapsed() < Duration::from_secs(1), "took {:?}", began.elapsed());
    done
}

proptest! {
    #![proptest_config(often())]

    #[test]
    fn a_place_in_the_feed_is_a_number_or_lost(values in prop::collection::vec(value(), 0..3), after in "[-+0-9a-f%]{0,25}") {
        let parts = request(HeaderName::from_static("last-event-id"), &values, "/t/demo/events");
        let place = quick(|| Place::of_page(&parts));
        let text = values.first().map(|v| v.to_str().ok().map(str::trim).map(str::to_owned));
        match place {
            Place::Now => prop_assert!(text.is_none_or(|text| text.is_some_and(|text| text.is_empty()))),
            Place::After(n) => prop_assert_eq!(text.unwrap().unwrap().parse::<i64>(), Ok(n)),
            Place::Lost => prop_assert!(text.unwrap().is_none_or(|text| text.parse::<i64>().is_err() || text.starts_with(['-', '+']))),
        }
        if let Ok(uri) = format!("/t/demo/events?after={after}").parse::<http::Uri>() {
            let _read = Place::of_page(&request(header::ACCEPT, &[], &uri.to_string()));
        }
    }

    #[test]
    fn any_cookie_header_is_read_as_a_session_or_none(values in prop::collection::vec(value(), 0..3)) {
        let parts = request(header::COOKIE, &values, "/");
        quick(|| {
            let _theme = cookies::theme(&parts.headers);
            for name in ["stoa", "__Host-stoa", "device", ""] {
                if let Some(id) = session_id(&parts.headers, name) {
                    // An id is 128 bits however it was written, and none is like no session.
                    assert_eq!(cookies::cookie(&parts.headers, name).unwrap().parse(), Ok(id));
                }
            }
        });
    }

    #[test]
    fn other_headers_are_read_or_left(values in prop::collection::vec(value(), 0..3), proxies in 0_usize..4) {
        quick(|| {
            let parts = request(header::AUTHORIZATION, &values, "/");
            if let Some(token) = key::bearer(&parts.headers) {
                assert_eq!(token, token.trim());
            }
            let parts = request(HeaderName::from_static("x-forwarded-for"), &values, "/");
            let client = address::client(&parts, proxies);
            assert!(proxies > 0 || client.to_string() == "192.0.2.1", "without a proxy, the header has no effect");
            let parts = request(HeaderName::from_static("idempotency-key"), &values, "/");
            if let Ok(Some(key)) = repeat::key(&parts.headers) {
                assert!((1..=255).contains(&key.len()) && key.is_ascii());
            }
            let agent = device::agent(&request(header::USER_AGENT, &values, "/").headers);
            assert!(!device::words(&agent).is_empty());
        });
    }

    #[test]
    fn redirects_stay_on_this_site(text in prop_oneof![".{0,80}", "[/\\\\.a-z:?#@%]{0,30}"]) {
        let to = next::local(&text);
        prop_assert!(to.starts_with('/') && !to.starts_with("//") && !to.starts_with("/\\") && !to.contains(char::is_control));
        prop_assert!(HeaderValue::try_from(to).is_ok());
    }

    #[test]
    fn a_body_is_json_or_the_error_has_its_place(bytes in prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        "[\\[\\]{}\":,a-z0-9.eE+-]{0,120}".prop_map(String::into_bytes),
        "(\\{\"a\":|\\[|\"x\",|1e9{1,4},|\\}|\\]){0,60}".prop_map(String::into_bytes),
        (0_usize..20_000).prop_map(|deep| vec![b'['; deep]),
    ]) {
        quick(|| {
            let mut taken = 0;
            match (json::value(&bytes), json::entries(&bytes, usize::MAX, |_| taken += 1)) {
                (Err(fault), _) | (_, Err(fault)) => assert!(fault.line > 0 && fault.column > 0 && !fault.reason.is_empty()),
                (Ok(value), Ok(found)) => {
                    let value = value.unwrap();
                    assert!(found.is_none() || value.is_array() || value.is_object());
                    assert!(found.is_none_or(|found| found == taken));
                    assert!(value.as_array().is_none_or(|list| list.len() == taken));
                }
            }
        });
    }
}
