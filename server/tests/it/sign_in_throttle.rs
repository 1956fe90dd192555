//! Guessing passwords: limited by account and by address, and the same work and time whether an account exists or not.

use std::time::{Duration, Instant};

use futures::future::join_all;
use reqwest::StatusCode;
use server::auth::sign_in_throttle::PER_ACCOUNT;

use crate::browser::{Browser, PASSWORD, person, tenant_with_owner};
use crate::harness::{App, redis_url};

const BEHIND_A_PROXY: [(&str, &str); 1] = [("STOA_PROXIES", "1")];

async fn guess(app: &App, http: &reqwest::Client, address: usize, email: &str) -> StatusCode {
    let form = [("email", email), ("password", "a wrong guess")];
    let request = http.post(format!("{}/login", app.base)).form(&form);
    let address = format!("10.{}.{}.7", address / 250, address % 250);
    request.header("x-forwarded-for", address).send().await.unwrap().status()
}

// How many of `number` guesses were checked; `of` returns the address that each comes from and its account.
async fn looked_at(app: &App, number: usize, of: impl Fn(usize) -> (usize, String)) -> usize {
    let http = app.http();
    let mut looked_at = 0;
    for begin in (0..number).step_by(50) {
        let some = (begin..number.min(begin + 50)).map(|n| {
            let ((address, email), http) = (of(n), &http);
            async move { guess(app, http, address, &email).await }
        });
        let answers = join_all(some).await;
        assert!(answers.iter().all(|status| [422, 429].contains(&status.as_u16())), "{answers:?}");
        looked_at += answers.iter().filter(|status| **status == StatusCode::UNPROCESSABLE_ENTITY).count();
    }
    looked_at
}

#[tokio::test]
async fn ten_thousand_guesses_are_sixty_hashes() {
    let app = App::with(&BEHIND_A_PROXY).await;
    person(&app, "known@demo.test").await;
    let before = app.state.passwords.hashes();
    let number = if db::testing::full_counts() { 10_000 } else { 400 };
    // At one account from a thousand addresses; at every account from one address.
    let at_one = looked_at(&app, number, |n| (n % 1_000, "known@demo.test".to_owned())).await;
    let from_one = looked_at(&app, number, |n| (9_999, format!("p{n}@demo.test"))).await;
    assert_eq!((at_one, from_one), (10, 50));
    assert_eq!(app.state.passwords.hashes() - before, 60, "a refused guess costs no hash");
    // Other people at other addresses are not kept out.
    assert_eq!(guess(&app, &app.http(), 4_242, "another@demo.test").await, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn known_and_unknown_accounts_cost_one_hash_each() {
    let app = App::with(&BEHIND_A_PROXY).await;
    person(&app, "known@demo.test").await;
    let http = app.http();
    for (n, email) in
        ["known@demo.test", "unknown@demo.test", "KNOWN@demo.test ", "", "no address"].into_iter().enumerate()
    {
        let before = app.state.passwords.hashes();
        assert_eq!(guess(&app, &http, n, email).await, StatusCode::UNPROCESSABLE_ENTITY, "{email}");
        assert_eq!(app.state.passwords.hashes() - before, 1, "{email}");
    }
}

/// Pairs of a known and an unknown account, one right after the other and each first as often as the other: what else the
/// machine does meets both alike. The statistic is how often the known one took longer, which is a matter of luck where they
/// cost the same: normal about half of the pairs. It fails where `people::verify` hashes nothing for unknown accounts (every
/// pair is decided alike, far beyond the limit even in the short form), and at full counts where a failure is recorded before
/// the answer, or something is looked up for one of them alone.
#[tokio::test]
async fn known_and_unknown_accounts_take_the_same_time() {
    // Ten guesses at an account are looked at, and no more. The limits are exceeded by luck in one run of 20,000, and in one
    // of 1,000 at full counts.
    let (accounts, each, limit) = if db::testing::full_counts() { (500, 10, 3.3) } else { (8, 5, 4.0) };
    let app = App::with(&BEHIND_A_PROXY).await;
    for n in 0..accounts {
        person(&app, &format!("known{n}@demo.test")).await;
    }
    let (http, pairs) = (app.http(), accounts * each);
    let (mut slower, mut taken) = (0, [Vec::new(), Vec::new()]);
    for turn in 0..pairs {
        let mut times = [Duration::ZERO; 2];
        for kind in [turn % 2, 1 - turn % 2] {
            let email = format!("{}{}@demo.test", ["known", "unknown"][kind], turn % accounts);
            let began = Instant::now();
            assert_eq!(guess(&app, &http, turn, &email).await, StatusCode::UNPROCESSABLE_ENTITY);
            times[kind] = began.elapsed();
            taken[kind].push(times[kind]);
        }
        slower += usize::from(times[0] > times[1]);
    }
    let luck = (pairs as f64).sqrt() / 2.0;
    let score = (slower as f64 - pairs as f64 / 2.0) / luck;
    let [known, unknown] = taken.map(median);
    // Half a percent of a hash is less than a network shows.
    let apart = (known - unknown).abs() / known.max(unknown);
    let seen = format!("known slower in {slower} of {pairs}, score {score:.2}; medians {known} s and {unknown} s");
    println!("{seen}");
    assert!(score.abs() < limit || apart < 0.005, "{seen}");
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64()
}

#[tokio::test]
async fn a_crowd_whose_refusals_wait_to_be_recorded_leaves_connections_to_others() {
    let app = App::with(&BEHIND_A_PROXY).await;
    let demo = tenant_with_owner(&app, "demo").await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    let pool = app.test_db.owner(demo.tenant()).await;
    let mut held_up = pool.begin().await.unwrap();
    sqlx::query("lock table audit_heads in exclusive mode").execute(&mut *held_up).await.unwrap();
    // More than the server has connections.
    assert_eq!(looked_at(&app, 30, |n| (n, format!("p{n}@demo.test"))).await, 30);
    for path in ["/t/demo/orders", "/account"] {
        assert_eq!(owner.get(path).await.status(), 200, "{path}");
    }
    held_up.rollback().await.unwrap();
    // They stand in the record of the platform, which has a door of its own.
    let recorded = "select count(*) from audit_entries where action = 'session.refuse'";
    let all = async || (app.test_db.scalar(recorded).await == 30).then_some(());
    db::testing::eventually("every one of them is recorded", all).await;
}

async fn sign_in(app: &App, http: &reqwest::Client, address: usize, form: &[(&str, &str)]) -> reqwest::Response {
    let address = format!("10.{}.{}.7", address / 250, address % 250);
    let request = http.post(format!("{}/login", app.base)).form(form);
    request.header("x-forwarded-for", address).send().await.unwrap()
}

#[tokio::test]
async fn spellings_of_one_address_are_guessed_at_together() {
    let app = App::with(&BEHIND_A_PROXY).await;
    person(&app, "iris@demo.test").await;
    let spelled = [
        "iris@demo.test",
        "\u{130}ris@demo.test",
        "ir\u{130}s@demo.test",
        "ｉｒｉｓ@demo.test",
        "iris@demo.test.",
        "IRIS@DEMO.TEST",
    ];
    assert_eq!(looked_at(&app, 60, |n| (n, spelled[n % spelled.len()].to_owned())).await, 10);
}

#[tokio::test]
async fn guesses_elsewhere_do_not_lock_a_known_browser() {
    let app = App::with(&BEHIND_A_PROXY).await;
    person(&app, "known@demo.test").await;
    let right = [("email", "known@demo.test"), ("password", PASSWORD)];
    let home = Browser::elsewhere(&app.base);
    assert_eq!(home.get("/login").await.status(), 200);
    assert_eq!(home.post("/login", &right).await.status(), 303);
    assert_eq!(home.post("/logout", &[]).await.status(), 303);
    assert_eq!(looked_at(&app, 40, |n| (n, "known@demo.test".to_owned())).await, 10);
    assert_eq!(sign_in(&app, &app.http(), 300, &right).await.status(), 429, "from an unknown browser");
    assert_eq!(home.post("/login", &right).await.status(), 303);
    // Nor is a browser that was seen once a place to guess without end, at this account or at others.
    assert_eq!(home.post("/logout", &[]).await.status(), 303);
    let wrong = [("email", "known@demo.test"), ("password", "a wrong guess")];
    for n in 0..12 {
        assert_eq!(home.post("/login", &wrong).await.status().as_u16(), if n < 10 { 422 } else { 429 }, "{n}");
    }
    person(&app, "other@demo.test").await;
    assert_eq!(looked_at(&app, 12, |n| (n + 500, "other@demo.test".to_owned())).await, 10);
    assert_eq!(home.post("/login", &[("email", "other@demo.test"), ("password", PASSWORD)]).await.status(), 429);
}

#[tokio::test]
async fn password_and_code_sign_in_while_the_account_is_locked_by_guesses() {
    let app = App::with(&BEHIND_A_PROXY).await;
    person(&app, "known@demo.test").await;
    let here = Browser::elsewhere(&app.base).into_signed_in("known@demo.test").await;
    let (_, codes) = crate::second_step::set_up(&here).await;
    assert_eq!(looked_at(&app, 20, |n| (n, "known@demo.test".to_owned())).await, 10);
    let hashes = app.state.passwords.hashes();
    let form = |password: &'static str, code: &str| {
        vec![("email", "known@demo.test".to_owned()), ("password", password.to_owned()), ("code", code.to_owned())]
    };
    let give = async |password: &'static str, code: &str, n: usize| {
        let form = form(password, code);
        let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (*n, v.as_str())).collect();
        sign_in(&app, &app.http(), n, &form).await
    };
    for n in 0..30 {
        let refused = give(PASSWORD, &format!("{n:06}"), 300 + n).await;
        assert_eq!(refused.status(), 429);
        assert!(refused.text().await.unwrap().contains("name=\"code\""));
    }
    assert_eq!(app.state.passwords.hashes(), hashes, "without a code no password is looked at");
    assert_eq!(give("a wrong guess", &codes[0], 400).await.status(), 429);
    assert_eq!(give(PASSWORD, &codes[0], 401).await.status(), 429, "it was used up");
    assert_eq!(give(PASSWORD, &codes[1], 402).await.status(), 303);
}

#[tokio::test]
async fn requests_for_reset_links_do_not_use_up_sign_ins() {
    let app = App::with(&BEHIND_A_PROXY).await;
    person(&app, "known@demo.test").await;
    let http = app.http();
    let mut last = StatusCode::OK;
    for n in 0..60 {
        let form = [("email", format!("p{n}@demo.test"))];
        let request = http.post(format!("{}/forgot-password", app.base)).form(&form);
        last = request.header("x-forwarded-for", "10.0.9.7").send().await.unwrap().status();
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    let right = [("email", "known@demo.test"), ("password", PASSWORD)];
    assert_eq!(sign_in(&app, &http, 9, &right).await.status(), StatusCode::SEE_OTHER);
}

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
