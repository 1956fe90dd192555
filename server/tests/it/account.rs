//! What people change about their own account, and what ends with it.

use chrono::TimeDelta;
use db::clock::Clock;

use crate::browser::{Browser, PASSWORD, location, person, tenant_with_owner};
use crate::harness::App;
use crate::letters;

const BETTER: &str = "another password of some length";
// The SHA-1 of that one, and of `password`.
const LEAKED: &str = "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:12\r\n95EC13757255E1F1B21C303965B73D7689B27E45:3\r\n";
const EMAIL: &str = "owner@demo.test";

fn session(answer: &reqwest::Response) -> String {
    let mut cookies = answer.headers().get_all("set-cookie").iter().filter_map(|c| c.to_str().ok());
    cookies.find(|c| c.starts_with("stoa=")).unwrap().split(';').next().unwrap().to_owned()
}

async fn status_with(app: &App, cookie: &str) -> u16 {
    let request = app.http().get(format!("{}/account", app.base)).header("cookie", cookie);
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn another_password_needs_the_present_one_and_ends_all_other_sessions() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    let elsewhere = app.another(&[]).await;
    let here = Browser::new(&app.base);
    let former = session(&here.sign_in(EMAIL, PASSWORD).await);
    let mut there = Browser::signed_in(&app.base, EMAIL).await;
    there.base.clone_from(&elsewhere.base);
    assert!(there.is_signed_in().await);
    for (current, password, words) in [
        ("not it", BETTER, "Incorrect password."),
        (PASSWORD, "short", "12 characters"),
        (PASSWORD, "qwertyuiop", "breached"),
        (PASSWORD, "owner@demo.test", "easy to guess"),
        (PASSWORD, PASSWORD, "differs from the current one"),
    ] {
        let answer = here.post("/account/password", &[("current", current), ("password", password)]).await;
        assert_eq!(answer.status(), 422, "{password}");
        let html = answer.text().await.unwrap();
        assert!(html.contains(words), "{password}: {html}");
    }
    assert!(there.is_signed_in().await, "nothing was changed");
    let answer = here.post("/account/password", &[("current", PASSWORD), ("password", BETTER)]).await;
    assert_eq!(location(&answer), "/account?done=password");
    assert_ne!(session(&answer), former);
    assert!(here.is_signed_in().await);
    db::testing::within_a_second("they are signed out there", async || !there.is_signed_in().await).await;
    assert_eq!(status_with(&app, &former).await, 303, "the former id of this very session opens nothing either");
    assert_eq!(Browser::new(&app.base).sign_in(EMAIL, PASSWORD).await.status(), 422);
    assert_eq!(Browser::new(&app.base).sign_in(EMAIL, BETTER).await.status(), 303);
    let told = letters::of_platform(&app, "account").await;
    assert!(told.iter().any(|l| l.to == EMAIL && l.subject == "Your password was changed"), "{told:?}");
}

#[tokio::test]
async fn no_password_on_the_installations_list_is_taken_anywhere() {
    let list = std::env::temp_dir().join(format!("leaked-{}.txt", uuid::Uuid::now_v7()));
    std::fs::write(&list, LEAKED).unwrap();
    let app = App::with(&[("STOA_LEAKED_PASSWORDS", list.to_str().unwrap())]).await;
    tenant_with_owner(&app, "demo").await;
    let browser = Browser::signed_in(&app.base, EMAIL).await;
    let change = async |to: &str| browser.post("/account/password", &[("current", PASSWORD), ("password", to)]).await;
    let answer = change(BETTER).await;
    assert_eq!(answer.status(), 422);
    assert!(answer.text().await.unwrap().contains("This password is on a breached-password list"));
    let made = db::people::create(&app.db, &app.state.passwords, "new@demo.test", BETTER, false).await;
    assert!(made.unwrap_err().to_string().contains("breached"));
    assert_eq!(change("a password that nobody has leaked").await.status(), 303);
    std::fs::remove_file(&list).unwrap();
}

#[tokio::test]
async fn a_session_that_is_over_stays_over() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    let browser = Browser::new(&app.base);
    let cookie = session(&browser.sign_in(EMAIL, PASSWORD).await);
    assert_eq!(status_with(&app, &cookie).await, 200);
    browser.post("/logout", &[]).await;
    assert_eq!(status_with(&app, &cookie).await, 303);
}

#[tokio::test]
async fn sessions_are_listed_and_end_one_by_one() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    tenant_with_owner(&app, "other").await;
    let here = Browser::signed_in(&app.base, EMAIL).await;
    let there = Browser::new(&app.base);
    let form = [("email", EMAIL), ("password", PASSWORD)];
    let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0";
    there.http.post(format!("{}/login", app.base)).header("user-agent", agent).form(&form).send().await.unwrap();
    let html = here.get("/account").await.text().await.unwrap();
    assert!(html.contains("Firefox on Linux") && html.contains("127.0.0.1") && html.contains("This session"), "{html}");
    let names: Vec<&str> = html.split("name=\"session\" value=\"").skip(1).map(|rest| &rest[..64]).collect();
    assert_eq!(names.len(), 1, "all but this one can be ended");
    let stranger = Browser::signed_in(&app.base, "owner@other.test").await;
    for (browser, name) in [(&stranger, names[0]), (&here, "zz"), (&here, &"0".repeat(64)[..])] {
        assert_eq!(browser.post("/account/sessions/end", &[("session", name)]).await.status(), 404);
    }
    assert!(there.is_signed_in().await);
    let ended = here.post("/account/sessions/end", &[("session", names[0])]).await;
    assert_eq!(location(&ended), "/account?done=ended");
    assert!(!there.is_signed_in().await && here.is_signed_in().await);
}

#[tokio::test]
async fn another_address_is_confirmed_there_and_told_of_here() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    person(&app, "taken@demo.test").await;
    let browser = Browser::signed_in(&app.base, EMAIL).await;
    for (email, password, words) in [
        ("new@demo.test", "wrong", "Incorrect password."),
        ("new", PASSWORD, "such as ana@example.com"),
        ("OWNER@demo.test", PASSWORD, "already your email"),
    ] {
        let answer = browser.post("/account/email", &[("email", email), ("email_password", password)]).await;
        assert_eq!(answer.status(), 422);
        let html = answer.text().await.unwrap();
        assert!(html.contains(words) && html.contains(&format!("value=\"{email}\"")), "{html}");
    }
    let form = [("email", "taken@demo.test"), ("email_password", PASSWORD)];
    assert_eq!(location(&browser.post("/account/email", &form).await), "/account?done=email", "the same answer");
    assert_eq!(letters::of_platform(&app, "link.email").await, [], "but no letter");
    let form = [("email", "new@demo.test"), ("email_password", PASSWORD)];
    assert_eq!(location(&browser.post("/account/email", &form).await), "/account?done=email");
    let letter = letters::of_platform(&app, "link.email").await.remove(0);
    assert_eq!(letter.to, "new@demo.test");
    let told = letters::of_platform(&app, "account").await;
    assert!(told.iter().any(|l| l.to == EMAIL && l.subject == "Email change requested"), "{told:?}");
    assert_eq!(Browser::new(&app.base).get(&letter.path()).await.status(), 200);
    assert_eq!(
        Browser::new(&app.base).sign_in("new@demo.test", PASSWORD).await.status(),
        422,
        "looking changes nothing"
    );
    assert_eq!(location(&browser.post(&letter.path(), &[]).await), "/account?done=email-changed");
    assert_eq!(browser.post(&letter.path(), &[]).await.status(), 410);
    assert_eq!(Browser::new(&app.base).sign_in("new@demo.test", PASSWORD).await.status(), 303);
    assert_eq!(Browser::new(&app.base).sign_in(EMAIL, PASSWORD).await.status(), 422);
}

#[tokio::test]
async fn a_reset_link_replaces_a_forgotten_password_once() {
    let start = Clock::System.now();
    let clock = Clock::fixed(start);
    let app = App::at(clock.clone(), &[("STOA_SESSION_IDLE_MINUTES", "1000")]).await;
    tenant_with_owner(&app, "demo").await;
    let signed_in = Browser::signed_in(&app.base, EMAIL).await;
    let browser = Browser::new(&app.base);
    let mut answers = Vec::new();
    for email in [EMAIL, "nobody@demo.test"] {
        let answer = browser.post("/forgot-password", &[("email", email)]).await;
        assert_eq!(answer.status(), 200);
        answers.push(answer.text().await.unwrap().replace(email, "EMAIL"));
    }
    assert_eq!(answers[0], answers[1], "nobody learns whose addresses have accounts");
    let first = letters::wait_for(&app, "link.password", 1).await.remove(0);
    assert_eq!(first.to, EMAIL);
    browser.post("/forgot-password", &[("email", "OWNER@demo.test")]).await;
    let both = letters::wait_for(&app, "link.password", 2).await;
    let second = both.into_iter().find(|letter| *letter != first).unwrap();
    assert_eq!(browser.get(&first.path()).await.status(), 410, "another was sent since");
    assert_eq!(browser.get(&second.path()).await.status(), 200);
    let weak = browser.post(&second.path(), &[("password", "short")]).await;
    assert_eq!(weak.status(), 422);
    assert!(signed_in.is_signed_in().await);
    clock.set(start + TimeDelta::minutes(121));
    assert_eq!(browser.post(&second.path(), &[("password", BETTER)]).await.status(), 410, "two hours");
    clock.set(start + TimeDelta::minutes(119));
    let done = browser.post(&second.path(), &[("password", BETTER)]).await;
    assert_eq!(location(&done), "/login?done=password");
    assert_eq!(browser.post(&second.path(), &[("password", BETTER)]).await.status(), 410);
    db::testing::within_a_second("they are signed out", async || !signed_in.is_signed_in().await).await;
    assert_eq!(browser.sign_in(EMAIL, PASSWORD).await.status(), 422);
    assert_eq!(browser.sign_in(EMAIL, BETTER).await.status(), 303);
    let letters = letters::of_platform(&app, "link.password").await;
    assert_eq!(letters.len(), 2);
    assert_eq!(Browser::new(&app.base).get("/reset-password/nonsense").await.status(), 410);
}

#[tokio::test]
async fn a_browser_that_was_never_seen_is_told_of() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    let news = async || {
        let letters = letters::of_platform(&app, "account").await;
        letters.iter().filter(|l| l.subject == "New sign-in to Stoa").count()
    };
    let first = Browser::new(&app.base);
    for _ in 0..2 {
        first.get("/login").await;
        first.sign_in(EMAIL, PASSWORD).await;
        first.post("/logout", &[]).await;
    }
    assert_eq!(news().await, 0, "there is nothing to compare the first with, and it is known then");
    let second = Browser::new(&app.base);
    second.get("/login").await;
    second.sign_in(EMAIL, PASSWORD).await;
    assert_eq!(news().await, 1);
    second.sign_in(EMAIL, PASSWORD).await;
    first.sign_in(EMAIL, PASSWORD).await;
    assert_eq!(news().await, 1);
}

#[tokio::test]
async fn secrets_of_an_email_are_removed_once_it_was_sent() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    Browser::new(&app.base).post("/forgot-password", &[("email", EMAIL)]).await;
    letters::wait_for(&app, "link.password", 1).await;
    let folder = std::env::temp_dir().join(format!("stoa-letters-{}", std::process::id()));
    let mailer = jobs::mail::Mailer::to_folder(&folder, "http://stoa.test");
    let stop = tokio_util::sync::CancellationToken::new();
    let report = jobs::mail::send_due(&app.db, &mailer, &stop).await.unwrap();
    assert!(report.sent >= 1 && report.failed == 0, "{report:?}");
    assert_eq!(letters::of_platform(&app, "link.password").await[0].body, serde_json::json!({}));
    std::fs::remove_dir_all(folder).unwrap();
}
