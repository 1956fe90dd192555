//! What was just done is told once, by the server that did it, on the page that follows, to whoever did it.

use chrono::TimeDelta;
use db::clock::Clock;
use db::testing;
use domain::permission::{Permission, Role};
use reqwest::Method;
use scraper::{Html, Selector};
use server::router;

use crate::browser::{Browser, location, tenant_with_owner};
use crate::harness::App;
use crate::matrix::world::{Id, Who, World};
use crate::redis_server::Redis;

const ORDER: &str = "/t/demo/orders/north/A-1";
const NOTICE: &str = "Order cancelled.";

struct Shop {
    app: App,
    clock: Clock,
    owner: Browser,
}

impl Shop {
    async fn new(settings: &[(&str, &str)]) -> Self {
        let clock = Clock::fixed(Clock::System.now());
        let app = App::at(clock.clone(), settings).await;
        let access = tenant_with_owner(&app, "demo").await;
        let scope = access.scope(Permission::WriteOrders).unwrap();
        let store = db::stores::list(&scope.begin().await.unwrap()).await.unwrap().remove(0);
        testing::place_all(&scope, &store, &[testing::order(&store, "A-1", scope.now(), 1)]).await;
        let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
        Self { app, clock, owner }
    }

    // The answer to the cancellation of the order.
    async fn cancel(&self) -> reqwest::Response {
        let answer = self.owner.post(&format!("{ORDER}/cancel"), &[("reason", "")]).await;
        assert_eq!(answer.headers()["location"], ORDER, "the address says nothing");
        assert_eq!(location(&answer), format!("{ORDER}?done=cancelled"));
        answer
    }

    async fn tells(&self, browser: &Browser, path: &str) -> bool {
        browser.get(path).await.text().await.unwrap().contains(NOTICE)
    }
}

#[tokio::test]
async fn a_flash_message_is_shown_once() {
    let shop = Shop::new(&[]).await;
    shop.cancel().await;
    assert!(!shop.tells(&shop.owner, "/t/demo/orders").await, "another page says nothing");
    assert!(shop.tells(&shop.owner, ORDER).await, "and leaves it for the right one");
    assert!(!shop.tells(&shop.owner, ORDER).await);
}

#[tokio::test]
async fn a_flash_message_is_shown_while_redis_is_gone() {
    let mut redis = Redis::new();
    let shop = Shop::new(&[("REDIS_URL", &redis.url())]).await;
    redis.kill();
    shop.cancel().await;
    assert!(shop.tells(&shop.owner, ORDER).await);
    assert!(!shop.tells(&shop.owner, ORDER).await);
}

#[tokio::test]
async fn scripts_that_fetch_the_page_do_not_take_it() {
    let shop = Shop::new(&[]).await;
    shop.cancel().await;
    for header in [("sec-fetch-dest", "empty"), ("sec-purpose", "prefetch")] {
        let request = shop.owner.http.get(format!("{}{ORDER}", shop.app.base)).header(header.0, header.1);
        assert!(!request.send().await.unwrap().text().await.unwrap().contains(NOTICE), "{header:?}");
    }
    assert!(shop.tells(&shop.owner, ORDER).await);
}

#[tokio::test]
async fn a_flash_message_belongs_to_one_session_and_lasts_a_minute() {
    let shop = Shop::new(&[]).await;
    let answer = shop.cancel().await;
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
    for part in ["flash=", "HttpOnly", "SameSite=Lax", "Max-Age=60", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("cancelled"), "{cookie}");
    // The same person elsewhere, with the cookie in hand.
    let elsewhere = Browser::new(&shop.app.base);
    let signed_in = elsewhere.sign_in("owner@demo.test", crate::browser::PASSWORD).await;
    let session = signed_in.headers().get_all("set-cookie").iter().filter_map(|c| c.to_str().ok());
    let session = session.filter(|c| c.starts_with("stoa=")).map(|c| c.split(';').next().unwrap()).next().unwrap();
    let both = format!("{session}; {}", cookie.split(';').next().unwrap());
    let request = shop.app.http().get(format!("{}{ORDER}", shop.app.base)).header("cookie", both);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(!answer.text().await.unwrap().contains(NOTICE));
    shop.clock.set(shop.clock.now() + TimeDelta::seconds(61));
    assert!(!shop.tells(&shop.owner, ORDER).await);
}

#[tokio::test]
async fn no_address_makes_a_page_say_that_something_was_done() {
    const WORDS: [&str; 24] = [
        "done=refunded",
        "done=cancelled",
        "done=saved",
        "done=asked",
        "done=made",
        "done=password",
        "done=changed",
        "done=name",
        "done=deleted",
        "done=revoked",
        "done=role",
        "done=removed",
        "done=paused",
        "done=tested",
        "done=retry-3-3",
        "done=suspended",
        "done=maintained",
        "done=known",
        "done=added",
        "done=transferred",
        "for=Evil%20Corp",
        "told=x",
        "notice=x",
        "saved=1",
    ];
    let world = World::new().await;
    let owner = world.enter(Who::Member(Role::Owner)).await.0;
    let admin = world.enter(Who::Admin).await.0;
    let nobody = world.enter(Who::Stranger).await.0;
    let notices = |html: &str| {
        let page = Html::parse_document(html);
        let notices = Selector::parse(".notice").unwrap();
        page.select(&notices).map(|notice| notice.text().collect::<String>()).collect::<Vec<_>>()
    };
    let mut asked = 0;
    for browser in [&owner, &admin, &nobody] {
        for route in router::table(&world.app.state).into_iter().filter(|route| route.method == Method::GET) {
            if route.path.starts_with("/api") || route.path.ends_with("/events") {
                continue;
            }
            let path = world.address(&route.path, "demo", Id::Own);
            let answer = browser.get(&path).await;
            if answer.status() != 200 || !answer.headers()["content-type"].to_str().unwrap().starts_with("text/html") {
                continue;
            }
            let plain = notices(&answer.text().await.unwrap());
            for words in WORDS.iter().skip(asked % 3).step_by(3) {
                let sign = if path.contains('?') { '&' } else { '?' };
                let html = browser.get(&format!("{path}{sign}{words}")).await.text().await.unwrap();
                assert!(!html.contains("Evil Corp requires") && notices(&html) == plain, "{path} {words}");
            }
            asked += 1;
        }
    }
    assert!(asked > 50, "{asked}");
}
