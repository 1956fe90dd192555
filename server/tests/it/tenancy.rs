//! To somebody else a tenant looks exactly like one that does not exist.

use crate::browser::{Browser, location, tenant_with_owner};
use crate::harness::App;

/// Every page below a tenant.
const PAGES: [&str; 11] = [
    "/backups/0199d0c2-6f0e-7cc3-98c4-dc0c0c07398f/download",
    "",
    "/orders",
    "/orders/north/1",
    "/imports",
    "/imports/new",
    "/imports/0199d0c2-6f0e-7cc3-98c4-dc0c0c07398f",
    "/events",
    "/backups",
    "/settings/jobs",
    "/settings/jobs/0199d0c2-6f0e-7cc3-98c4-dc0c0c07398f",
];

#[tokio::test]
async fn a_foreign_tenant_and_a_missing_one_give_the_same_answer() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    tenant_with_owner(&app, "other").await;
    let browser = Browser::signed_in(&app.base, "owner@other.test").await;
    let nothing = described(browser.get("/nothing/here").await).await;
    assert!(nothing.starts_with("404"), "{nothing}");
    for page in PAGES {
        for slug in ["demo", "missing", "Demo", "de%6do"] {
            let path = format!("/t/{slug}{page}");
            assert_eq!(described(browser.get(&path).await).await, nothing, "{path}");
        }
    }
    for path in ["/t/demo/orders/north/1/cancel", "/t/demo/orders/north/1/refund", "/t/demo/imports"] {
        let answer = browser.post(path, &[("reason", "x")]).await;
        assert_eq!(described(answer).await, nothing, "POST {path}");
    }
}

#[tokio::test]
async fn visitors_are_sent_to_sign_in_whether_the_tenant_exists_or_not() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    let browser = Browser::new(&app.base);
    for slug in ["demo", "missing"] {
        let answer = browser.get(&format!("/t/{slug}/orders")).await;
        assert_eq!(
            (answer.status().as_u16(), location(&answer)),
            (303, format!("/login?next=/t/{slug}/orders").as_str())
        );
    }
}

/// Status, headers and body, but for what is random in every answer.
pub async fn described(answer: reqwest::Response) -> String {
    let random = ["x-request-id", "x-response-time", "content-security-policy", "date"];
    let headers: Vec<String> = answer
        .headers()
        .iter()
        .filter(|(name, _)| !random.contains(&name.as_str()))
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    let status = answer.status().as_u16();
    format!("{status}\n{}\n{}", headers.join("\n"), answer.text().await.unwrap())
}
