//! Signing in: for whom, where to, and under which id.

use crate::browser::{Browser, PASSWORD, location, person, tenant_with_owner};
use crate::harness::App;

fn cookie(answer: &reqwest::Response) -> String {
    answer.headers()["set-cookie"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn people_get_in_with_their_password_and_out_with_a_button() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    let browser = Browser::new(&app.base);
    let form = browser.get("/login").await;
    assert_eq!(form.status(), 200);
    assert!(form.text().await.unwrap().contains("name=\"password\""));
    let answer = browser.sign_in("Owner@Demo.test", PASSWORD).await;
    assert_eq!((answer.status().as_u16(), location(&answer)), (303, "/"));
    assert_eq!(location(&browser.get("/").await), "/t/demo");
    assert_eq!(browser.get("/t/demo").await.status(), 200);
    assert_eq!(location(&browser.get("/login").await), "/");
    let out = browser.post("/logout", &[]).await;
    assert_eq!((out.status().as_u16(), location(&out)), (303, "/login"));
    assert!(!browser.is_signed_in().await);
    assert_eq!(location(&browser.get("/t/demo/orders?q=a%20b").await), "/login?next=/t/demo/orders%3Fq%3Da%2520b");
}

#[tokio::test]
async fn they_arrive_where_they_wanted_but_never_on_another_site() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    for (next, lands) in [
        ("/t/demo/orders?status=open", "/t/demo/orders?status=open"),
        ("https://evil.test/", "/"),
        ("//evil.test", "/"),
        ("/\\evil.test", "/"),
        ("", "/"),
    ] {
        let form = [("email", "owner@demo.test"), ("password", PASSWORD), ("next", next)];
        let answer = Browser::new(&app.base).post("/login", &form).await;
        assert_eq!(location(&answer), lands, "{next}");
    }
}

#[tokio::test]
async fn unknown_people_and_wrong_passwords_get_the_same_answer() {
    let app = App::new().await;
    person(&app, "known@demo.test").await;
    let browser = Browser::new(&app.base);
    let mut answers = Vec::new();
    for email in ["known@demo.test", "nobody@demo.test"] {
        let answer = browser.sign_in(email, "not the password").await;
        assert_eq!(answer.status(), 422);
        assert!(!answer.headers().contains_key("set-cookie"));
        answers.push(answer.text().await.unwrap().replace(email, "EMAIL"));
    }
    assert_eq!(answers[0], answers[1]);
    assert!(answers[0].contains("Incorrect email or password"), "{}", answers[0]);
}

#[tokio::test]
async fn an_id_from_before_signing_in_is_worth_nothing() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    let browser = Browser::new(&app.base);
    let first = cookie(&browser.sign_in("owner@demo.test", PASSWORD).await);
    let second = cookie(&browser.sign_in("owner@demo.test", PASSWORD).await);
    let id = |cookie: &str| cookie.split(';').next().unwrap().to_owned();
    assert_ne!(id(&first), id(&second));
    for (cookie, status) in [(&first, 303), (&second, 200)] {
        let request = app.http().get(format!("{}/account", app.base)).header("cookie", id(cookie));
        assert_eq!(request.send().await.unwrap().status(), status, "{cookie}");
    }
    let planted = Browser::new(&app.base);
    let request = planted.http.post(format!("{}/login", app.base)).header("cookie", "stoa=AAAAAAAAAAAAAAAAAAAAAA");
    let answer = request.form(&[("email", "owner@demo.test"), ("password", PASSWORD)]).send().await.unwrap();
    assert!(!cookie(&answer).contains("AAAAAAAAAAAAAAAAAAAAAA"), "{}", cookie(&answer));
}

#[tokio::test]
async fn the_cookie_is_for_the_server_alone() {
    let plain = App::new().await;
    tenant_with_owner(&plain, "demo").await;
    let set = cookie(&Browser::new(&plain.base).sign_in("owner@demo.test", PASSWORD).await);
    assert!(set.starts_with("stoa=") && set.contains("HttpOnly") && set.contains("SameSite=Lax"), "{set}");
    assert!(set.contains("Path=/") && set.contains("Max-Age=604800") && !set.contains("Secure"), "{set}");
    let secure = App::with(&[("STOA_PUBLIC_URL", "https://stoa.example")]).await;
    tenant_with_owner(&secure, "demo").await;
    let set = cookie(&Browser::new(&secure.base).sign_in("owner@demo.test", PASSWORD).await);
    assert!(set.starts_with("__Host-stoa=") && set.contains("Secure") && !set.contains("Domain"), "{set}");
}

#[tokio::test]
async fn people_of_several_tenants_choose_and_platform_people_go_to_the_platform() {
    let app = App::new().await;
    let demo = tenant_with_owner(&app, "demo").await;
    tenant_with_owner(&app, "other").await;
    let both = person(&app, "both@demo.test").await;
    let other = db::platform::Platform::command(app.db.clone()).enter("other").await.unwrap();
    for access in [&demo, &other] {
        db::people::set_role(access, both, domain::permission::Role::Viewer).await.unwrap();
    }
    let choice = Browser::signed_in(&app.base, "both@demo.test").await.get("/").await.text().await.unwrap();
    assert!(choice.contains("href=\"/t/demo\"") && choice.contains("href=\"/t/other\""), "{choice}");
    db::people::create(&app.db, &app.state.passwords, "admin@stoa.test", PASSWORD, true).await.unwrap();
    let admin = Browser::signed_in(&app.base, "admin@stoa.test").await;
    assert_eq!(location(&admin.get("/").await), "/platform");
}

#[tokio::test]
async fn guessing_from_one_address_ends_after_fifty_wrong_passwords() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    let browser = Browser::new(&app.base);
    let guess = |n: usize| {
        let browser = &browser;
        async move { browser.sign_in(&format!("p{}@demo.test", n / 5), &format!("guess {n}")).await.status().as_u16() }
    };
    let mut answers = Vec::new();
    for begin in (0..200).step_by(8) {
        answers.extend(futures::future::join_all((begin..begin + 8).map(guess)).await);
    }
    assert_eq!(answers.iter().filter(|status| **status == 422).count(), 50);
    assert_eq!(answers.iter().filter(|status| **status == 429).count(), 150);
    assert_eq!(browser.sign_in("owner@demo.test", PASSWORD).await.status(), 429);
}
