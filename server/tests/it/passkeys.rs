//! Passkeys: what they open, and everything that is no right answer.

use chrono::TimeDelta;
use db::clock::Clock;
use db::people;
use reqwest::Response;
use scraper::{Html, Selector};
use serde_json::Value;

use crate::authenticator::Device;
use crate::browser::{Browser, PASSWORD, location, person, tenant_with_owner};
use crate::harness::App;
use crate::letters;
use crate::second_step::texts;

pub const EMAIL: &str = "owner@demo.test";
// Browsers tie passkeys to names, so the address of this machine is called by its own.
pub const ORIGIN: &str = "http://localhost:3000";
pub const NAMED: [(&str, &str); 2] = [("passkey_name", "Laptop"), ("passkey_password", PASSWORD)];

pub fn browser(app: &App) -> Browser {
    Browser::new(&app.base)
}

pub async fn signed_in(app: &App, email: &str) -> Browser {
    let browser = browser(app);
    assert_eq!(browser.sign_in(email, PASSWORD).await.status(), 303);
    browser
}

// What the page asks the device.
pub async fn options(answer: Response) -> Value {
    assert_eq!(answer.status(), 200);
    let html = answer.text().await.unwrap();
    assert!(html.contains("Passkeys need JavaScript"), "whoever has no scripts is told");
    let island = Selector::parse("leptos-island[data-component^=PasskeyStep]").unwrap();
    let page = Html::parse_document(&html);
    let props = page.select(&island).next().unwrap().attr("data-props").unwrap();
    let props: Value = serde_json::from_str(props).unwrap();
    serde_json::from_str(props["options"].as_str().unwrap()).unwrap()
}

pub async fn add(browser: &Browser, counter: u32) -> (Device, Response) {
    let asked = options(browser.post("/account/passkeys/new", &NAMED).await).await;
    assert_eq!(asked["authenticatorSelection"]["residentKey"], "required", "{asked}");
    assert_eq!(asked["authenticatorSelection"]["userVerification"], "required", "{asked}");
    let (device, made) = Device::make(&asked, ORIGIN, counter);
    let answer = browser.post("/account/passkeys", &[("credential", &made)]).await;
    (device, answer)
}

async fn ask(browser: &Browser) -> Value {
    let asked = options(browser.post("/login/passkey", &[("next", "/account")]).await).await;
    assert_eq!(asked["userVerification"], "required", "{asked}");
    asked
}

async fn give(browser: &Browser, answer: &str) -> Response {
    browser.post("/login/passkey/finish", &[("credential", answer), ("next", "/account")]).await
}

pub async fn use_it(app: &App, device: &mut Device) -> (Browser, Response) {
    let browser = browser(app);
    let asked = ask(&browser).await;
    let answer = give(&browser, &device.answer(&asked)).await;
    (browser, answer)
}

#[tokio::test]
async fn a_passkey_signs_in_alone_and_the_password_no_more() {
    let app = App::new().await;
    let access = tenant_with_owner(&app, "demo").await;
    let (here, there) = (signed_in(&app, EMAIL).await, signed_in(&app, EMAIL).await);
    let (mut device, added) = add(&here, 0).await;
    assert_eq!(added.status(), 200);
    let codes = texts(&added.text().await.unwrap(), "pre.once").remove(0);
    let codes: Vec<&str> = codes.lines().collect();
    assert_eq!(codes.len(), people::second_factor::RECOVERY_CODES);
    assert!(
        here.is_signed_in().await && !there.is_signed_in().await,
        "sessions that began with the password alone end"
    );
    let told = letters::of_platform(&app, "account").await;
    assert!(told.iter().any(|l| l.to == EMAIL && l.subject == "A passkey was added"), "{told:?}");

    for _ in 0..2 {
        let (browser, answer) = use_it(&app, &mut device).await;
        assert_eq!(location(&answer), "/account");
        assert!(browser.is_signed_in().await);
    }
    let half = browser(&app);
    assert_eq!(location(&half.sign_in(EMAIL, PASSWORD).await), "/login/code");
    assert!(!half.is_signed_in().await);
    let page = half.get("/login/code").await.text().await.unwrap();
    assert!(page.contains("action=\"/login/passkey\""), "{page}");
    let asked = ask(&half).await;
    assert_eq!(location(&give(&half, &device.answer(&asked)).await), "/account", "as the second step too");
    let lost = browser(&app);
    lost.sign_in(EMAIL, PASSWORD).await;
    assert_eq!(
        lost.post("/login/code", &[("code", codes[0])]).await.status(),
        303,
        "and a recovery code when it is lost"
    );
    let by = recorded(&app, &access, "session.begin").await;
    assert!(by.iter().filter(|d| d["by"] == "passkey").count() == 3, "{by:?}");
    assert_eq!(recorded(&app, &access, "passkey.add").await, [serde_json::json!({"name": "Laptop"})]);
}

#[tokio::test]
async fn a_passkey_counts_as_both_factors_where_two_are_required() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    people::create(&app.db, &app.state.passwords, "root@stoa.test", PASSWORD, true).await.unwrap();
    let root = signed_in(&app, "root@stoa.test").await;
    assert_eq!(root.get("/platform").await.status(), 303, "a password alone opens nothing of the platform");
    let (mut device, _) = add(&root, 0).await;
    let (root, _) = use_it(&app, &mut device).await;
    assert_eq!(root.get("/platform").await.status(), 200);

    let owner = signed_in(&app, EMAIL).await;
    owner.post("/t/demo/team/second-factor", &[("needed", "yes")]).await;
    db::testing::within_a_second("it is asked for", async || owner.get("/t/demo/team").await.status() == 303).await;
    let (mut device, _) = add(&owner, 0).await;
    let (owner, _) = use_it(&app, &mut device).await;
    assert_eq!(owner.get("/t/demo/team").await.status(), 200);
}

#[tokio::test]
async fn wrong_passkey_answers_are_refused() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    person(&app, "ana@demo.test").await;
    let (device, _) = add(&signed_in(&app, EMAIL).await, 0).await;
    let (other, _) = add(&signed_in(&app, "ana@demo.test").await, 0).await;
    let (mut elsewhere, mut unseeing) = (device.clone(), device.clone());
    elsewhere.origin = "https://evil.test".to_owned();
    unseeing.verifies = false;
    let bad = [
        ("another key", device.forged()),
        ("another page", elsewhere),
        ("nobody was recognised", unseeing),
        ("somebody else's", device.claiming(&other)),
    ];
    for (why, mut device) in bad {
        let (browser, answer) = use_it(&app, &mut device).await;
        assert_eq!(answer.status(), 422, "{why}");
        assert!(answer.text().await.unwrap().contains("is not registered"), "{why}");
        assert!(!browser.is_signed_in().await, "{why}");
    }
    let here = browser(&app);
    for answer in ["", "{}", "null", "[1]"] {
        ask(&here).await;
        assert_eq!(give(&here, answer).await.status(), 422, "{answer}");
    }
    assert_eq!(use_it(&app, &mut device.clone()).await.1.status(), 303, "the right one does");
}

#[tokio::test]
async fn an_answer_is_taken_once_in_the_browser_that_was_asked_and_for_ten_minutes() {
    let clock = Clock::fixed(Clock::System.now());
    let app = App::at(clock.clone(), &[("STOA_SESSION_IDLE_MINUTES", "1000")]).await;
    tenant_with_owner(&app, "demo").await;
    let (mut device, _) = add(&signed_in(&app, EMAIL).await, 0).await;
    let (here, there) = (browser(&app), browser(&app));
    let asked = ask(&here).await;
    ask(&there).await;
    let answer = device.answer(&asked);
    assert_eq!(give(&there, &answer).await.status(), 422, "another browser was asked something else");
    assert_eq!(give(&browser(&app), &answer).await.status(), 422, "and one that was asked nothing");
    assert_eq!(give(&here, &answer).await.status(), 303);
    assert_eq!(give(&here, &answer).await.status(), 422, "once");
    let twice = browser(&app);
    let answer = device.answer(&ask(&twice).await);
    let (one, two) = tokio::join!(give(&twice, &answer), give(&twice, &answer));
    let good = [one.status(), two.status()].iter().filter(|status| **status == 303).count();
    assert_eq!(good, 1, "even when both come at the same time");
    let slow = browser(&app);
    let answer = device.answer(&ask(&slow).await);
    clock.set(clock.now() + TimeDelta::minutes(10));
    assert_eq!(give(&slow, &answer).await.status(), 422, "too late");
}

#[tokio::test]
async fn a_passkey_whose_counter_went_back_is_refused_and_reported() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    let (mut device, _) = add(&signed_in(&app, EMAIL).await, 5).await;
    let mut copy = device.clone();
    for _ in 0..3 {
        assert_eq!(use_it(&app, &mut device).await.1.status(), 303);
    }
    assert_eq!(use_it(&app, &mut copy).await.1.status(), 422);
    copy.counter = 0;
    assert_eq!(use_it(&app, &mut copy).await.1.status(), 422, "nor does it get in by not counting");
    let told = letters::of_platform(&app, "account").await;
    assert_eq!(told.iter().filter(|l| l.subject == "A passkey was rejected").count(), 2, "{told:?}");
    assert_eq!(use_it(&app, &mut device).await.1.status(), 303, "the true one goes on");
}

#[tokio::test]
async fn asking_and_answering_are_limited_like_passwords() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    let (mut device, _) = add(&signed_in(&app, EMAIL).await, 0).await;
    for _ in 0..30 {
        assert_eq!(use_it(&app, &mut device).await.1.status(), 303, "whoever gets in is not counted");
    }
    let here = browser(&app);
    let mut refused = 0;
    for _ in 0..60 {
        refused += i32::from(give(&here, "x").await.status() == 429);
    }
    assert_eq!(refused, 10);
    assert_eq!(here.post("/login/passkey", &[]).await.status(), 429);
    assert_eq!(here.sign_in(EMAIL, PASSWORD).await.status(), 303, "passwords are counted apart");
}

async fn recorded(app: &App, access: &db::Access, action: &str) -> Vec<Value> {
    let owner = app.test_db.owner(access.tenant()).await;
    let sql = "select after from audit_entries where tenant_id = $1 and action = $2 order by seq";
    sqlx::query_scalar(sql).bind(access.tenant().0).bind(action).fetch_all(&owner).await.unwrap()
}
