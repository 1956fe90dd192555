//! A phone with an app for codes.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use scraper::{Html, Selector};
use totp_rs::{Builder, Secret, Totp};

use crate::browser::{Browser, PASSWORD};

/// The app, once it was told the secret.
pub struct Phone(Totp);

impl Phone {
    /// The app of whoever is signed in to `browser`, told by the page.
    pub async fn told_by(browser: &Browser) -> Self {
        let page = browser.get("/account/second-factor").await;
        assert_eq!(page.status(), 200);
        let secret = texts(&page.text().await.unwrap(), "code.once").remove(0);
        Self(Builder::new().with_secret(Secret::try_from_base32(&secret).unwrap()).build_noncompliant())
    }

    /// The code that it shows at `seconds` since 1970.
    pub fn at(&self, seconds: i64) -> String {
        self.0.generate(u64::try_from(seconds).unwrap()).to_string()
    }

    /// The code that it shows now.
    pub fn now(&self) -> String {
        let now: Duration = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        self.at(i64::try_from(now.as_secs()).unwrap())
    }
}

/// Sets codes up for whoever is signed in to `browser`.
pub async fn set_up(browser: &Browser) -> (Phone, Vec<String>) {
    let phone = Phone::told_by(browser).await;
    let codes = confirm(browser, &phone.now()).await;
    (phone, codes)
}

/// Turns codes on with `code`; the recovery codes.
pub async fn confirm(browser: &Browser, code: &str) -> Vec<String> {
    let answer = browser.post("/account/second-factor", &[("code", code), ("password", PASSWORD)]).await;
    assert_eq!(answer.status(), 200);
    let codes = texts(&answer.text().await.unwrap(), "pre.once").remove(0);
    codes.lines().map(str::to_owned).collect()
}

/// The text of everything that `selector` finds.
pub fn texts(html: &str, selector: &str) -> Vec<String> {
    let selector = Selector::parse(selector).unwrap();
    Html::parse_document(html).select(&selector).map(|e| e.text().collect::<String>().trim().to_owned()).collect()
}
