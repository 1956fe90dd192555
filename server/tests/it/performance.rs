//! What the platform is told of its routes and of its cache.

use db::people;
use scraper::{Html, Selector};

use crate::browser::{Browser, PASSWORD, tenant_with_owner};
use crate::harness::App;

async fn admin(app: &App) -> Browser {
    people::create(&app.db, &app.state.passwords, "admin@stoa.test", PASSWORD, true).await.unwrap();
    Browser::signed_in(&app.base, "admin@stoa.test").await
}

// The rows of the page's first table, cell by cell.
async fn rows(browser: &Browser, path: &str, row: &str) -> Vec<Vec<String>> {
    let html = Html::parse_document(&browser.get(path).await.text().await.unwrap());
    let text = |e: scraper::ElementRef<'_>| e.text().collect::<String>().trim().to_owned();
    let (row, cell) = (Selector::parse(row).unwrap(), Selector::parse("td, dt, dd").unwrap());
    html.select(&row).map(|row| row.select(&cell).map(text).collect()).collect()
}

#[tokio::test]
async fn every_route_that_was_asked_is_listed_and_what_took_too_long_is_kept() {
    // Everything takes longer than that.
    let app = App::with(&[("STOA_SLOW_MS", "1")]).await;
    tenant_with_owner(&app, "demo").await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    for _ in 0..3 {
        assert_eq!(owner.get("/t/demo/imports").await.status(), 200);
    }
    let refused = owner.get("/t/nowhere/imports").await;
    let admin = admin(&app).await;
    let all = rows(&admin, "/platform/performance", "tr").await;
    let of = |route: &str| all.iter().find(|row| row.first().is_some_and(|cell| cell.starts_with(route)));
    let imports = of("GET /t/{tenant}/imports").unwrap();
    assert_eq!((imports[1].as_str(), imports[2].as_str()), ("4", "0"), "{imports:?}");
    assert!(imports[3..].iter().all(|cell| cell.ends_with(" ms")), "{imports:?}");
    let sign_in = all.iter().any(|row| row.len() == 5 && row[1] == "POST /login" && row[2] == "303");
    assert!(sign_in, "hashing a password takes longer than a millisecond: {all:?}");
    assert_eq!(refused.status(), 404);
    let html = admin.get("/platform/performance").await.text().await.unwrap();
    assert!(!html.contains("demo"), "routes are told as declared: they name nobody");
    let board = admin.get("/platform").await.text().await.unwrap();
    for card in ["/platform/performance", "/platform/cache", "/platform/tenants", "/platform/jobs"] {
        assert!(board.contains(&format!("<h2><a href=\"{card}\">")), "{card}");
    }
}

#[tokio::test]
async fn the_cache_tells_how_often_it_had_what_was_asked() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    let admin = admin(&app).await;
    let before = app.db.cache().figures();
    assert_eq!(owner.get("/t/demo").await.status(), 200);
    let first = app.db.cache().figures();
    assert!(first.asked > before.asked && first.computed > before.computed);
    for _ in 0..10 {
        owner.get("/t/demo").await;
    }
    let later = app.db.cache().figures();
    assert_eq!((later.asked - first.asked, later.computed), (10, first.computed), "the page was there whole");
    let told = rows(&admin, "/platform/cache", "dl").await.concat();
    let asked = told.iter().position(|cell| cell == "Requests").unwrap();
    assert_eq!(told[asked + 1], later.asked.to_string());
    let computed = told.iter().position(|cell| cell == "Misses").unwrap();
    assert_eq!(told[computed + 1], later.computed.to_string());
}
