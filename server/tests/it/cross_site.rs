//! Other sites cannot make people's browsers write here.

use crate::browser::{Browser, PASSWORD, tenant_with_owner};
use crate::harness::App;

#[tokio::test]
async fn writes_from_other_sites_are_refused_and_change_nothing() {
    let app = App::with(&[("STOA_PUBLIC_URL", "https://stoa.example")]).await;
    tenant_with_owner(&app, "demo").await;
    let form = [("email", "owner@demo.test"), ("password", PASSWORD)];
    let cases = [
        (vec![("sec-fetch-site", "cross-site"), ("origin", "https://evil.test")], 403),
        (vec![("sec-fetch-site", "same-site")], 403),
        (vec![("origin", "https://evil.test")], 403),
        (vec![("origin", "null")], 403),
        (vec![("sec-fetch-site", "same-origin")], 303),
        (vec![("origin", "https://stoa.example")], 303),
        (vec![], 303),
    ];
    for (headers, status) in cases {
        for path in ["/login", "/logout"] {
            let request = app.http().post(format!("{}{path}", app.base)).form(&form);
            let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status(), status, "{path} {headers:?}");
            assert!(status == 303 || !answer.headers().contains_key("set-cookie"), "{path} {headers:?}");
        }
    }
    let reading = app.http().get(format!("{}/login", app.base)).header("sec-fetch-site", "cross-site");
    assert_eq!(reading.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn every_form_of_every_person_is_covered() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    let browser = Browser::signed_in(&app.base, "owner@demo.test").await;
    for path in ["/account/sign-out-everywhere", "/theme", "/t/demo/imports", "/t/demo/orders/north/1/cancel"] {
        let request = browser.http.post(format!("{}{path}", app.base)).header("sec-fetch-site", "cross-site");
        assert_eq!(request.form(&[("theme", "dark")]).send().await.unwrap().status(), 403, "{path}");
    }
    assert!(browser.is_signed_in().await);
}
