//! Guessing ends; bodies have a size.

use server::auth::limits::PER_ACCOUNT;

use crate::browser::{Browser, PASSWORD, tenant_with_owner};
use crate::harness::{App, redis_url};

async fn guessing_ends(settings: &[(&str, &str)], email: &str, slug: &str) {
    let app = App::with(settings).await;
    tenant_with_owner(&app, slug).await;
    let other = format!("unknown-{email}");
    for email in [email, &other] {
        let browser = Browser::new(&app.base);
        for attempt in 0..PER_ACCOUNT {
            assert_eq!(browser.sign_in(email, "a wrong guess").await.status(), 422, "attempt {attempt}");
        }
        // Even the right password does not get in any more.
        let answer = browser.sign_in(&email.to_uppercase(), PASSWORD).await;
        assert_eq!(answer.status(), 429);
        assert_eq!(answer.headers()["retry-after"], "900");
        assert!(answer.text().await.unwrap().contains("Too many attempts"));
    }
}

#[tokio::test]
async fn guessing_ends_after_ten_attempts_for_known_and_unknown_accounts() {
    guessing_ends(&[], "owner@demo.test", "demo").await;
}

#[tokio::test]
async fn guessing_is_counted_by_all_processes_together() {
    let settings = [("REDIS_URL", redis_url())];
    let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    // Redis is shared between runs of this test, so its people must be new each time.
    let slug = format!("t{}", uuid::Uuid::now_v7().simple());
    let app = App::with(&settings).await;
    tenant_with_owner(&app, &slug).await;
    let (here, there) = (Browser::new(&app.base), app.another(&settings).await);
    let (there, email) = (Browser::new(&there.base), format!("owner@{slug}.test"));
    for attempt in 0..PER_ACCOUNT {
        let browser = if attempt % 2 == 0 { &here } else { &there };
        assert_eq!(browser.sign_in(&email, "a wrong guess").await.status(), 422, "attempt {attempt}");
    }
    assert_eq!(there.sign_in(&email, PASSWORD).await.status(), 429);
}

#[tokio::test]
async fn large_bodies_are_refused_as_a_page_or_as_a_problem() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    let browser = Browser::signed_in(&app.base, "owner@demo.test").await;
    let large = "x".repeat(1_100_000);
    let page = browser.post("/login", &[("email", &large)]).await;
    assert_eq!(page.status(), 413);
    assert!(page.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    assert!(page.text().await.unwrap().contains("too large"));
}
