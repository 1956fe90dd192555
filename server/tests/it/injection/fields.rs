//! The same strings through what people type on pages: names of themselves, of roles, keys, tenants, tiers and stores,
//! reasons, invitations, names of files.

use domain::permission::Role;
use reqwest::multipart::{Form, Part};

use super::{assert_clean, assert_harmless, assert_no_formulas, corpus, number, store_all};
use crate::browser::Browser;
use crate::matrix::world::{Who, World};

#[tokio::test]
async fn typed_text_is_never_markup() {
    let world = World::new().await;
    let corpus = corpus();
    store_all(&world, &corpus).await;
    let owner = world.enter(Who::Member(Role::Owner)).await.0;
    let admin = world.enter(Who::Admin).await.0;
    let some = if db::testing::full_counts() { 1 } else { 19 };
    let mut typed = 0;
    for (n, text) in corpus.iter().enumerate().step_by(some) {
        of_the_tenant(&owner, n, text).await;
        of_the_platform(&admin, n, text).await;
        upload(&owner, n, text).await;
        typed += 1;
    }
    let list = owner.get("/t/demo/imports?limit=200").await.text().await.unwrap();
    assert!(list.contains("pwned"), "names of files are shown");
    assert_clean(&list, "the list of imports");
    for path in [
        "/account",
        "/t/demo/team",
        "/t/demo/settings/keys",
        "/t/demo/settings",
        "/t/demo/audit",
        "/t/demo/orders",
        "/t/demo",
    ] {
        assert_harmless(&owner, path).await;
    }
    let tenants = ["/platform", "/platform/tenants", "/platform/tenants/demo", "/platform/tenants/demo/members"];
    let others = ["/platform/tiers", "/platform/tiers/new", "/platform/audit?tenant=demo", "/platform/audit"];
    for path in tenants.into_iter().chain(others) {
        assert_harmless(&admin, path).await;
    }
    for (browser, path) in [(&owner, "/t/demo/audit/export"), (&admin, "/platform/audit/export")] {
        let csv = browser.get(path).await.text().await.unwrap();
        assert!(csv.lines().count() > typed && csv.to_lowercase().contains("pwned()"), "{path}");
        assert_no_formulas(&csv);
    }
}

async fn of_the_tenant(owner: &Browser, n: usize, text: &str) {
    let name = cut(text, n, 40);
    let order = format!("/t/demo/orders/north/{}", app::url::segment(&number(text)));
    let (role, slug) = (format!("r{n}"), format!("h{n}"));
    let address = format!("{}@x{n}.test", text.replace(char::is_whitespace, ""));
    let store = [("name", &*name), ("slug", &slug), ("time_zone", "UTC"), ("currency", "GBP")];
    takes(owner, "/account/name", &[("name", &name)]).await;
    takes(owner, "/t/demo/team/roles", &[("name", &name), ("permissions", "orders.read")]).await;
    takes(owner, "/t/demo/settings/keys", &[("name", &name), ("scopes", "orders:read")]).await;
    takes(owner, "/t/demo/settings/stores", &store).await;
    match n % 2 {
        0 => takes(owner, &format!("{order}/cancel"), &[("reason", text)]).await,
        _ => takes(owner, &format!("{order}/refund"), &[("extent", "full"), ("reason", text)]).await,
    }
    assert_harmless(owner, &order).await;
    // No addresses, most of them: what was typed comes back with what is wrong with it.
    for email in [text, &address] {
        answers(owner, "/t/demo/team/invitations", &[("email", email), ("role", "viewer"), ("reach", "all")]).await;
    }
    for path in ["/t/demo/team/roles", "/t/demo/settings/keys"] {
        let long = text.repeat(20);
        answers(owner, path, &[("name", &long), ("permissions", &role), ("store", text), ("days", text)]).await;
    }
}

async fn of_the_platform(admin: &Browser, n: usize, text: &str) {
    let (name, slug) = (cut(text, n, 80), format!("h{n}"));
    takes(admin, "/platform/tenants/demo/name", &[("name", &name)]).await;
    takes(admin, "/platform/tiers", &[("slug", &slug), ("name", &name)]).await;
    let tenant = [("slug", &*slug), ("name", &name), ("tier", &slug), ("email", &format!("o{n}@x.test"))];
    takes(admin, "/platform/tenants", &tenant).await;
    takes(admin, &format!("/platform/tenants/{slug}/suspend"), &[("reason", text), ("go", "1")]).await;
    for path in [format!("/platform/tenants/{slug}"), format!("/platform/tiers/{slug}")] {
        assert_harmless(admin, &path).await;
    }
    answers(admin, "/platform/tenants", &[("slug", text), ("name", ""), ("tier", text), ("email", text)]).await;
    answers(admin, "/platform/tiers", &[("slug", text), ("name", ""), ("stores", text)]).await;
}

async fn upload(owner: &Browser, n: usize, text: &str) {
    let part = Part::text(format!("number\n{n}\n")).file_name(text.to_owned());
    let form = Form::new().text("store", "north").text("format", "orders-csv").part("file", part);
    let request = owner.http.post(format!("{}/t/demo/imports", owner.base)).multipart(form);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 303, "{text}");
    let page = crate::browser::location(&answer).to_owned();
    assert_harmless(owner, &page).await;
}

// It is stored, and what comes back is harmless.
async fn takes(browser: &Browser, path: &str, form: &[(&str, &str)]) {
    let status = answers(browser, path, form).await;
    assert!([200, 303].contains(&status), "{path} does not take {form:?}: {status}");
}

async fn answers(browser: &Browser, path: &str, form: &[(&str, &str)]) -> u16 {
    let answer = browser.post(path, form).await;
    let status = answer.status().as_u16();
    assert!(status < 500, "{path}: {status}");
    assert_clean(&answer.text().await.unwrap(), &format!("{path} {form:?}"));
    status
}

// Its beginning and its own number, as long as the field takes it.
fn cut(text: &str, n: usize, most: usize) -> String {
    let tail = format!(" {n}");
    let text: String = text.chars().filter(|c| !c.is_control()).take(most - tail.len()).collect();
    format!("{}{tail}", text.trim())
}
