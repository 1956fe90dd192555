//! Hundreds of strings that want to be a script, a formula or the end of what holds them, through every text that comes in,
//! on every page and file that shows it.

mod fields;
mod shown_again;

use db::settings;
use domain::permission::{KeyScope, Permission};
use scraper::{Html, Selector};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::matrix::world::{Who, World, key};
use domain::permission::Role;

// The browser test reads the same file. Each has its number at its end, so that no two are the same.
const STRINGS: usize = 590;
const CORPUS: &str = include_str!("../../../../end2end/fixtures/hostile.json");

pub fn corpus() -> Vec<String> {
    let corpus: Vec<String> = serde_json::from_str(CORPUS).unwrap();
    let different: std::collections::BTreeSet<&String> = corpus.iter().collect();
    assert_eq!((corpus.len(), different.len()), (STRINGS, STRINGS));
    corpus
}

#[tokio::test]
async fn hostile_text_stays_text_everywhere() {
    let world = World::new().await;
    let corpus = corpus();
    let stored = store_all(&world, &corpus).await;
    assert_eq!(stored, STRINGS, "every field took every string");
    let manage = world.demo.access.scope(Permission::ManageStores).unwrap();
    let owner = world.enter(Who::Member(Role::Owner)).await.0;
    assert_harmless(&owner, "/t/demo/orders?limit=200").await;
    assert_harmless(&owner, "/t/demo").await;
    let some = if db::testing::full_counts() { 1 } else { 20 };
    for text in corpus.iter().step_by(some) {
        let name: String = text.chars().filter(|c| !c.is_control()).take(90).collect();
        let form = [("name".to_owned(), name.trim().to_owned())];
        settings::change(&manage, "north", &form).await.unwrap();
        let shown = app::url::escape(text);
        for path in [
            format!("/t/demo/orders/north/{}", app::url::segment(&number(text))),
            format!("/t/demo/orders?q={shown}&store={shown}&status={shown}&from={shown}"),
            format!("/t/demo?store={shown}&from={shown}"),
            format!("/t/demo/audit?actor={shown}&object={shown}&via={shown}"),
            format!("/t/demo/imports?store={shown}"),
            format!("/t/demo/settings/jobs?q={shown}&kind={shown}"),
            format!("/t/demo/settings/stores/north?done={shown}"),
            format!("/login?next={shown}"),
        ] {
            assert_harmless(&owner, &path).await;
        }
        let refused =
            owner.post("/t/demo/settings/stores", &[("name", text), ("slug", text), ("currency", text)]).await;
        assert_clean(&refused.text().await.unwrap(), text);
    }
    assert_harmless(&owner, "/t/demo/settings").await;
    assert_harmless(&owner, "/t/demo/audit?action=store").await;
    let csv = owner.get("/t/demo/audit/export").await.text().await.unwrap();
    assert!(csv.len() > 1_000);
    assert_no_formulas(&csv);
}

pub async fn store_all(world: &World, corpus: &[String]) -> usize {
    let key = key(&world.demo.access, &[KeyScope::OrdersWrite]).await;
    let orders: Vec<Value> = corpus.iter().map(|text| order(text)).collect();
    let request = world.app.http().post(format!("{}/api/v1/orders/batch", world.app.base)).bearer_auth(key);
    let report: Value = request.json(&orders).send().await.unwrap().json().await.unwrap();
    let stored = report["results"].as_array().unwrap().iter().filter(|r| r["status"] == "created").count();
    assert_eq!(
        stored,
        corpus.len(),
        "{}",
        report["results"].as_array().unwrap().iter().find(|r| r["status"] != "created").unwrap_or(&Value::Null)
    );
    stored
}

/// Its beginning and its own number: the number of the order that [`store_all`] makes of it.
pub fn number(text: &str) -> String {
    let n = text.rsplit(' ').next().unwrap();
    // What cannot be seen at the ends of a number is not kept.
    format!("{} {n}", domain::text::trim(&text.chars().take(44).collect::<String>()))
}

fn order(text: &str) -> Value {
    json!({
        "store": "north", "number": number(text), "placed_at": "2026-03-01T10:00:00Z", "currency": "GBP",
        "customer": {"name": text, "external_id": text, "phone": "1"}, "note": text, "tags": [number(text)],
        "items": [{"sku": number(text), "title": text, "quantity": 1, "unit_price": 100}],
    })
}

pub async fn assert_harmless(browser: &Browser, path: &str) {
    let answer = browser.get(path).await;
    assert!(answer.status().as_u16() < 500, "{path}: {}", answer.status());
    assert_clean(&answer.text().await.unwrap(), path);
}

/// What a browser would make of it: no script but our own, no handler, no address that acts. And the bytes themselves.
pub fn assert_clean(html: &str, about: &str) {
    assert_raw(html, about);
    let page = Html::parse_document(html);
    let all = Selector::parse("*").unwrap();
    for element in page.select(&all) {
        let value = element.value();
        let is_ours = value.attr("nonce").is_some() || value.attr("src").is_some_and(|src| src.starts_with('/'));
        assert!(value.name() != "script" || is_ours, "{about}: {}", element.html());
        assert!(!["iframe", "math", "object", "embed", "base"].contains(&value.name()), "{about}: {}", element.html());
        for (name, text) in value.attrs() {
            assert!(!name.starts_with("on") && name != "srcdoc" && name != "style", "{about}: {}", element.html());
            let is_address = ["href", "src", "action", "formaction"].contains(&name);
            let acts = text.trim().to_lowercase().starts_with("javascript:") || text.starts_with("//");
            assert!(!(is_address && acts), "{about}: {}", element.html());
        }
    }
}

// Tags are written in lower case, and data never is a tag: whatever holds text is opened as often as it is closed. A parser
// alone would not show it: what stands in a text area is text to it until it ends.
fn assert_raw(html: &str, about: &str) {
    for name in ["textarea", "title", "script", "style", "noscript", "select", "option", "template"] {
        let [opened, closed] = [format!("<{name}"), format!("</{name}")].map(|tag| html.matches(&tag).count());
        assert_eq!(opened, closed, "{about}: <{name}>");
    }
    assert_eq!(html.matches("<!--").count(), html.matches("-->").count(), "{about}: comments");
    for rest in html.split('<').skip(1) {
        let name: String =
            rest.trim_start_matches('/').chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        assert!(!name.contains(|c: char| c.is_ascii_uppercase()) || name == "DOCTYPE", "{about}: <{name}>");
        assert!(!rest.starts_with("b>pwned"), "{about}");
    }
}

/// No cell of the file begins as a formula does; a lone `-` says that there is no tenant.
pub fn assert_no_formulas(csv: &str) {
    for cell in cells(csv) {
        let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell != "-";
        assert!(!is_formula, "{cell}");
    }
}

fn cells(csv: &str) -> Vec<String> {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    let mut letters = csv.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => cell.extend(letters.next()),
            '"' => quoted = !quoted,
            '\r' if !quoted && letters.peek() == Some(&'\n') => {}
            ',' | '\n' if !quoted => cells.push(std::mem::take(&mut cell)),
            letter => cell.push(letter),
        }
    }
    cells
}
