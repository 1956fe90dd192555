//! What logs, records and lists may hold of an address: never a secret, whether it stands where it belongs (the links of mail), where
//! somebody pasted it by mistake, or in an address that no route knows.

use axum::extract::MatchedPath;

/// The parameters whose values are filters and nothing else.
const PLAIN: [&str; 22] = [
    "store",
    "status",
    "payment",
    "fulfilment",
    "kind",
    "from",
    "to",
    "min",
    "max",
    "sort",
    "limit",
    "group",
    "compare",
    "period",
    "state",
    "outcome",
    "queue",
    "tier",
    "currency",
    "via",
    "tab",
    "view",
];
/// Those whose names may be told, but not what was entered.
const NAMED: [&str; 14] = [
    "q", "cursor", "after", "next", "code", "email", "actor", "object", "action", "tenant", "key", "done", "for",
    "error",
];

/// The path, with what routes call a secret, and whatever looks like one, under the name of its parameter; `unmatched` where
/// no route knows it.
pub fn path(route: Option<&MatchedPath>, path: &str) -> String {
    let Some(route) = route else { return "unmatched".to_owned() };
    let route = route.as_str();
    let mut segments = path.split('/');
    let shown = route.split('/').map(|step| {
        let found = segments.next().unwrap_or_default();
        let is_literal = !step.starts_with('{');
        let may_be_shown = !step.starts_with("{*") && step != "{secret}" && is_harmless(found);
        if is_literal || !may_be_shown { step } else { found }
    });
    shown.collect::<Vec<_>>().join("/")
}

/// A query string without anything that was typed.
pub fn query(query: &str) -> String {
    let shown = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        match name {
            name if PLAIN.contains(&name) && is_harmless(value) => format!("{name}={value}"),
            name if PLAIN.contains(&name) || NAMED.contains(&name) => format!("{name}=…"),
            _ => "…".to_owned(),
        }
    });
    shown.collect::<Vec<_>>().join("&")
}

// Ids, slugs, numbers: what is short, what is a UUID, and what a person would write in small letters.
fn is_harmless(text: &str) -> bool {
    let is_slug = |text: &str| text.len() <= 40 && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    let is_prefixed = ["stoa_", "whsec_"].iter().any(|prefix| text.contains(prefix));
    !is_prefixed && (text.len() <= 20 || is_slug(text) || text.parse::<uuid::Uuid>().is_ok())
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::extract::Request;
    use axum::routing::any;
    use tower::ServiceExt;

    use super::*;

    async fn shown(route: &'static str, address: &str) -> String {
        let tell =
            any(
                |request: Request| async move { path(request.extensions().get::<MatchedPath>(), request.uri().path()) },
            );
        #[expect(clippy::disallowed_methods, reason = "a router of the test's own")]
        let router = Router::new().route(route, tell);
        let answer = router.oneshot(Request::get(address).body(Body::empty()).unwrap()).await.unwrap();
        String::from_utf8(axum::body::to_bytes(answer.into_body(), 1_000).await.unwrap().to_vec()).unwrap()
    }

    #[tokio::test]
    async fn paths_keep_what_names_a_thing_and_lose_what_opens_one() {
        const SECRET: &str = "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4";
        const ORDER: &str = "/t/{tenant}/orders/{store}/{number}";
        for (route, address, told) in [
            ("/invitation/{secret}", "/invitation/a", "/invitation/{secret}"),
            ("/invitation/{secret}", "/invitation/Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4", "/invitation/{secret}"),
            (ORDER, "/t/demo/orders/north/1001", "/t/demo/orders/north/1001"),
            (ORDER, "/t/demo/orders/north/Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4", "/t/demo/orders/north/{number}"),
            (ORDER, "/t/demo/orders/north/stoa_abc", "/t/demo/orders/north/{number}"),
            ("/t/{tenant}", "/t/the-shop-with-a-rather-long-name", "/t/the-shop-with-a-rather-long-name"),
            ("/x/{id}", "/x/0199d0c2-6f0e-7cc3-98c4-dc0c0c07398f", "/x/0199d0c2-6f0e-7cc3-98c4-dc0c0c07398f"),
            ("/pkg/{*file}", "/pkg/a/b.js", "/pkg/{*file}"),
        ] {
            assert_eq!(shown(route, address).await, told, "{address}");
        }
        assert_eq!(path(None, &format!("/invitation/{SECRET}/")), "unmatched");
    }

    #[test]
    fn queries_keep_filters_and_lose_what_was_typed() {
        for (given, told) in [
            ("", ""),
            ("store=north&from=2026-01-01", "store=north&from=2026-01-01"),
            ("q=ana%40example.com&code=4%2F0AX&state=Zm9vYmFyYmF6cXV4Zm9vYmFy", "q=…&code=…&state=…"),
            ("stoa_key=1&abcdefghij", "…&…"),
            ("next=/invitation/abc", "next=…"),
        ] {
            assert_eq!(query(given), told);
        }
    }
}
