//! Text that PostgreSQL has no place for, through every route and whatever it reads: paths, parameters, headers, cookies,
//! forms, files and JSON. Nothing of it is a failure of ours, and a field that is at fault is named.

use std::collections::BTreeSet;

use domain::permission::{KeyScope, Role};
use http::{HeaderName, HeaderValue};
use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder};
use scraper::{Html, Selector};
use serde_json::{Value, json};
use server::auth::Needs;
use server::router;
use server::routes::Declared;

use crate::browser::Browser;
use crate::matrix::world::{Id, Who, World, key};

/// No text, or none that may be anywhere: NUL, an overlong NUL, half a surrogate, a byte that begins nothing, half a letter.
const BROKEN: [&str; 6] = ["a%00b", "%00", "a%c0%80b", "%ed%a0%80", "%ff", "a%C3"];
/// These are text, however odd.
const ODD: [&str; 4] = ["a%2500b", "%E2%80%AE", "a%0D%0AX-Injected:%20yes", "%25c0%2580"];
const PARAMETERS: [&str; 20] = [
    "store", "status", "q", "from", "to", "min", "max", "cursor", "limit", "next", "done", "after", "code", "state",
    "for", "error", "actor", "tenant", "sort", "kind",
];

/// Everybody who gets as far as some handler.
struct Doors {
    stranger: Browser,
    owner: Browser,
    admin: Browser,
    key: String,
}

impl Doors {
    async fn new(world: &World) -> Self {
        Self {
            stranger: world.enter(Who::Stranger).await.0,
            owner: world.enter(Who::Member(Role::Owner)).await.0,
            admin: world.enter(Who::Admin).await.0,
            key: key(&world.demo.access, &KeyScope::ALL).await,
        }
    }

    // A request to `address` by somebody whom the route lets in.
    fn ask(&self, route: &Declared, address: &str) -> RequestBuilder {
        let browser = match route.needs {
            Needs::PlatformAdmin => &self.admin,
            Needs::SignedIn | Needs::Membership | Needs::Member(_) => &self.owner,
            Needs::Nothing | Needs::Key(_) | Needs::Monitor => &self.stranger,
        };
        let request = browser.http.request(route.method.clone(), format!("{}{address}", browser.base));
        if matches!(route.needs, Needs::Key(_)) { request.bearer_auth(&self.key) } else { request }
    }
}

async fn harmless(request: RequestBuilder, about: &str) -> u16 {
    let answer = request.send().await.unwrap_or_else(|e| panic!("{about}: {e}"));
    let status = answer.status().as_u16();
    assert!(!answer.headers().contains_key("x-injected"), "{about}");
    assert!(status < 500, "{about}: {status} {}", answer.text().await.unwrap());
    status
}

#[tokio::test]
async fn no_path_and_no_parameter_is_a_failure_of_ours() {
    let world = World::new().await;
    let doors = Doors::new(&world).await;
    for route in router::table(&world.app.state) {
        let own = world.address(&route.path, "demo", Id::Own);
        for (at, step) in route.path.split('/').enumerate().filter(|(_, step)| step.starts_with('{')) {
            for text in BROKEN.iter().chain(&ODD) {
                let mut steps: Vec<&str> = own.split('/').collect();
                steps[at] = text;
                let address = steps.join("/");
                let status = harmless(doors.ask(&route, &address), &format!("{} {address}", route.method)).await;
                let is_found = status < 300 && BROKEN.contains(text);
                assert!(!is_found || step == "{secret}", "{} {address}: {status}", route.method);
            }
        }
        if route.method != Method::GET {
            continue;
        }
        for (n, name) in PARAMETERS.iter().enumerate() {
            let all = BROKEN.iter().chain(&ODD).enumerate();
            for (_, text) in all.filter(|(m, _)| (m + n) % 5 == 0) {
                for address in [format!("{own}?{name}={text}"), format!("{own}?x=1&{name}%00={text}")] {
                    harmless(doors.ask(&route, &address), &address).await;
                }
            }
        }
    }
}

// Every name of a field that any page has.
async fn fields(world: &World, doors: &Doors) -> Vec<String> {
    let selector = Selector::parse("input[name], select[name], textarea[name], button[name]").unwrap();
    let mut names = BTreeSet::new();
    for route in router::table(&world.app.state) {
        let own = world.address(&route.path, "demo", Id::Own);
        if route.method != Method::GET || route.path.ends_with("/events") || matches!(route.needs, Needs::Key(_)) {
            continue;
        }
        let page = doors.ask(&route, &own).send().await.unwrap();
        let html = page.text().await.unwrap_or_default();
        let page = Html::parse_document(&html);
        names.extend(page.select(&selector).filter_map(|field| field.attr("name")).map(str::to_owned));
    }
    names.into_iter().collect()
}

#[tokio::test]
async fn every_field_of_every_form_is_named_when_it_is_no_text() {
    let world = World::new().await;
    let doors = Doors::new(&world).await;
    let names = fields(&world, &doors).await;
    assert!(names.len() > 40, "{names:?}");
    let mut named = 0;
    for (n, route) in router::table(&world.app.state).into_iter().filter(|r| r.method == Method::POST).enumerate() {
        let own = world.address(&route.path, "demo", Id::Own);
        let some = names.iter().skip(n % 7).step_by(7).map(String::as_str);
        for (m, name) in some.chain(["", "x"]).enumerate() {
            let body = format!("fine=1&{name}={}", BROKEN[(n + m) % BROKEN.len()]);
            let request = doors.ask(&route, &own).header("content-type", "application/x-www-form-urlencoded");
            let about = format!("{own} {body}");
            let answer = request.body(body).send().await.unwrap();
            let status = answer.status().as_u16();
            assert!(status < 500, "{about}: {status}");
            if status == 422 && !name.is_empty() {
                assert!(answer.text().await.unwrap().contains(name), "{about}");
                named += 1;
            }
        }
    }
    assert!(named > 300, "{named}");
}

#[tokio::test]
async fn no_length_of_a_field_is_a_failure_of_ours() {
    let world = World::new().await;
    let mut doors = Doors::new(&world).await;
    let names = fields(&world, &doors).await;
    for route in router::table(&world.app.state).into_iter().filter(|r| r.method == Method::POST) {
        let own = world.address(&route.path, "demo", Id::Own);
        for length in [3_000, 9_000] {
            let long = "x".repeat(length);
            let form: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), long.as_str())).collect();
            harmless(doors.ask(&route, &own).form(&form), &format!("{own} with {length} letters")).await;
        }
        if ["/logout", "/account/sign-out-everywhere"].contains(&route.path.as_str()) {
            doors = Doors::new(&world).await;
        }
    }
}

#[tokio::test]
async fn no_header_is_a_failure_of_ours() {
    let world = World::new().await;
    let doors = Doors::new(&world).await;
    let names = [
        "accept-language",
        "referer",
        "origin",
        "user-agent",
        "if-none-match",
        "if-modified-since",
        "last-event-id",
        "range",
        "idempotency-key",
        "x-forwarded-for",
        "forwarded",
        "x-request-id",
        "if-match",
        "sec-fetch-site",
    ];
    let values: [&[u8]; 5] = [b"a%00b", b"\xff\xfe", b"%c0%80", b"\t", b"a\xc3\x28"];
    for (n, route) in router::table(&world.app.state).into_iter().enumerate().step_by(3) {
        let own = world.address(&route.path, "demo", Id::Own);
        for (m, name) in names.iter().enumerate() {
            let value = HeaderValue::from_bytes(values[(n + m) % values.len()]).unwrap();
            let request = doors.ask(&route, &own).header(HeaderName::from_static(name), value.clone());
            harmless(request, &format!("{own} {name}: {value:?}")).await;
        }
        for cookie in [b"stoa=a%00b; theme=%00".as_slice(), b"stoa=\xff; device=\xff", b"=;;=%00"] {
            let value = HeaderValue::from_bytes(cookie).unwrap();
            let request = world.app.http().request(route.method.clone(), format!("{}{own}", world.app.base));
            harmless(request.header("cookie", value), &own).await;
        }
    }
}

#[tokio::test]
async fn files_and_their_forms_are_text_too() {
    let world = World::new().await;
    let doors = Doors::new(&world).await;
    let send = async |store: &str, format: &str, name: &str, file: &[u8]| {
        let part = Part::bytes(file.to_vec()).file_name(name.to_owned());
        let form = Form::new().text("store", store.to_owned()).text("format", format.to_owned()).part("file", part);
        let request = doors.owner.http.post(format!("{}/t/demo/imports", doors.owner.base)).multipart(form);
        harmless(request, &format!("{store:?} {format:?} {name:?}")).await
    };
    assert_eq!(send("nor\0th", "orders-csv", "a.csv", b"x").await, 422);
    assert_eq!(send("north", "orders\0csv", "a.csv", b"x").await, 422);
    for name in ["a\u{1}b.csv", "a%00b", "\u{202e}", "a\"b\r\nX-Injected: yes"] {
        assert!([303, 422].contains(&send("north", "orders-csv", name, name.as_bytes()).await), "{name:?}");
    }
    for file in [b"order_number\0,placed_at\n1,2\n".as_slice(), b"\0\0\0", b"{\"number\":\"a\\u0000\"}\n", b"\xff\xfe"]
    {
        assert_eq!(send("north", "orders-jsonl", "a", file).await, 303, "a worker says what is wrong with it");
    }
}

fn order() -> Value {
    json!({
        "store": "north", "number": "E-1", "kind": "sale", "placed_at": "2026-03-01T10:00:00Z", "currency": "GBP",
        "customer": {"email": "a@x.test", "name": "A", "phone": "1", "external_id": "1", "country": "GB"},
        "items": [{"sku": "S", "title": "T", "kind": "product", "quantity": 1, "unit_price": 1}], "note": "n", "tags": ["t"],
    })
}

#[tokio::test]
async fn every_text_of_an_order_is_named_when_it_holds_a_nul() {
    let world = World::new().await;
    let doors = Doors::new(&world).await;
    let post = |path: &str, body: String| {
        let request = world.app.http().post(format!("{}/api/v1/{path}", world.app.base)).bearer_auth(&doors.key);
        request.header("content-type", "application/json").body(body).send()
    };
    for (pointer, field) in [
        ("/store", "store"),
        ("/number", "number"),
        ("/kind", "kind"),
        ("/placed_at", "placed_at"),
        ("/currency", "currency"),
        ("/customer/email", "customer.email"),
        ("/customer/name", "customer.name"),
        ("/customer/phone", "customer.phone"),
        ("/customer/external_id", "customer.external_id"),
        ("/customer/country", "customer.country"),
        ("/items/0/sku", "items[0].sku"),
        ("/items/0/title", "items[0].title"),
        ("/items/0/kind", "items[0].kind"),
        ("/note", "note"),
        ("/tags/0", "tags[0]"),
    ] {
        let mut body = order();
        *body.pointer_mut(pointer).unwrap() = json!("a\u{0}b");
        let answer = post("orders", body.to_string()).await.unwrap();
        assert_eq!(answer.status(), 422, "{field}");
        let problem: Value = answer.json().await.unwrap();
        let named = |list: &Value| list.as_array().unwrap().iter().any(|e| e["field"] == field);
        assert!(named(&problem["errors"]), "{field}: {problem}");
        let report: Value = post("orders/batch", json!([body]).to_string()).await.unwrap().json().await.unwrap();
        assert!(report["counts"]["rejected"] == 1 && named(&report["results"][0]["errors"]), "{field}: {report}");
    }
    let mut unknown = order();
    unknown["a\u{0}b"] = json!(1);
    assert_eq!(post("orders", unknown.to_string()).await.unwrap().status(), 422);
    for half in [r#"{"store": "\ud800"}"#, r#"{"store": "\udc00\ud800"}"#, "{\"store\": \"\0\"}"] {
        assert_eq!(post("orders", half.to_owned()).await.unwrap().status(), 400, "{half}");
    }
    for (path, name) in [("orders", "q"), ("orders", "store"), ("reports/sales", "from"), ("events", "after")] {
        for text in BROKEN {
            let request = world.app.http().get(format!("{}/api/v1/{path}?{name}={text}", world.app.base));
            let answer = request.bearer_auth(&doors.key).send().await.unwrap();
            assert_eq!(answer.status(), 422, "{path} {name}={text}");
            let problem: Value = answer.json().await.unwrap();
            assert!(problem["errors"].as_array().unwrap().iter().any(|e| e["field"] == name), "{problem}");
        }
    }
}
