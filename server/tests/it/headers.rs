//! What stands around every answer.

use std::collections::HashSet;

use crate::browser::{Browser, tenant_with_owner};
use crate::harness::App;

#[tokio::test]
async fn every_answer_has_an_id_and_a_time() {
    let app = App::new().await;
    let mut ids = HashSet::new();
    for path in ["/login", "/health", "/nothing", "/api/v1/orders", "/api/nothing", "/t/demo", "/pkg/nothing.js"] {
        let request = app.http().get(format!("{}{path}", app.base)).header("x-request-id", "forged");
        let answer = request.send().await.unwrap();
        let id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
        assert!(id.parse::<uuid::Uuid>().is_ok() && ids.insert(id), "{path}");
        let time = answer.headers()["x-response-time"].to_str().unwrap();
        assert!(time.parse::<f64>().unwrap() > 0.0 || time == "0.0", "{path}: {time}");
        assert_eq!(time.split('.').nth(1).map(str::len), Some(1), "{time}");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff", "{path}");
    }
}

#[tokio::test]
async fn a_built_file_without_a_hash_in_its_name_is_asked_for_each_time() {
    let root = std::env::temp_dir().join(format!("stoa-site-{}", uuid::Uuid::now_v7()));
    std::fs::create_dir_all(root.join("pkg")).unwrap();
    std::fs::write(root.join("pkg/stoa.css"), "a{}").unwrap();
    std::fs::write(root.join("robots.txt"), "x").unwrap();
    let app = App::with(&[("LEPTOS_SITE_ROOT", root.to_str().unwrap())]).await;
    for (path, rule) in [("/pkg/stoa.css", "no-cache"), ("/robots.txt", "public, max-age=3600")] {
        let answer = app.http().get(format!("{}{path}", app.base)).send().await.unwrap();
        assert_eq!((answer.status().as_u16(), &answer.headers()["cache-control"]), (200, &rule.parse().unwrap()));
    }
    std::fs::remove_dir_all(&root).unwrap();
}

#[tokio::test]
async fn pages_run_only_what_is_ours() {
    let app = App::with(&[("STOA_PUBLIC_URL", "https://stoa.example")]).await;
    let browser = Browser::new(&app.base);
    let mut nonces = HashSet::new();
    for path in ["/login", "/login", "/nothing"] {
        let answer = browser.get(path).await;
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        assert!(nonce.len() >= 22 && nonces.insert(nonce), "{policy}");
        for part in [
            "default-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "style-src 'self';",
        ] {
            assert!(policy.contains(part), "{part} is not in {policy}");
        }
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
        assert_eq!(answer.headers()["strict-transport-security"], "max-age=63072000");
        assert_eq!(answer.headers()["cross-origin-opener-policy"], "same-origin");
        assert!(
            answer.headers().contains_key("permissions-policy") && answer.headers().contains_key("referrer-policy")
        );
        let html = answer.text().await.unwrap();
        assert!(!html.contains(" style=") && !html.contains("nonce=\"nonce-"), "{path}");
    }
}

#[tokio::test]
async fn shared_caches_store_no_page_of_a_signed_in_person() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    let browser = Browser::signed_in(&app.base, "owner@demo.test").await;
    for path in ["/t/demo", "/t/demo/orders", "/account", "/nothing"] {
        let answer = browser.get(path).await;
        let rule = answer.headers()["cache-control"].to_str().unwrap();
        assert!(rule.contains("no-store") || rule.contains("private"), "{path}: {rule}");
        assert!(!answer.headers().contains_key("strict-transport-security"), "{path}");
    }
}

#[tokio::test]
async fn text_is_compressed_when_asked() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    let browser = Browser::signed_in(&app.base, "owner@demo.test").await;
    let request = browser.http.get(format!("{}/t/demo", app.base)).header("accept-encoding", "br, gzip");
    assert_eq!(request.send().await.unwrap().headers()["content-encoding"], "br");
    let plain = browser.http.get(format!("{}/t/demo", app.base)).header("accept-encoding", "identity");
    assert!(!plain.send().await.unwrap().headers().contains_key("content-encoding"));
}
