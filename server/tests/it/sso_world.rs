//! A tenant with a provider for single sign-on, people who come through it, and the ways there and back.

use std::time::Duration;

use db::clock::Clock;
use db::{Access, people};
use domain::permission::Role;
use reqwest::Response;
use serde_json::Value;
use url::Url;

use crate::browser::{Browser, location, person, tenant_with_owner};
use crate::harness::App;
use crate::sso_provider::{CLIENT, Provider, SECRET};

pub const A_SECOND: Duration = Duration::from_secs(1);
pub const ANA: &str = "ana@demo.test";

pub struct World {
    pub app: App,
    pub clock: Clock,
    pub demo: Access,
    pub provider: Provider,
    pub owner: Browser,
}

pub fn form<'a>(issuer: &'a str, secret: &'a str, domains: &'a str) -> [(&'a str, &'a str); 4] {
    [("issuer", issuer), ("client_id", CLIENT), ("client_secret", secret), ("domains", domains)]
}

pub async fn set(owner: &Browser, tenant: &str, provider: &Provider) -> Response {
    let path = format!("/t/{tenant}/settings/sso");
    owner.post(&path, &form(&provider.issuer, SECRET, "demo.test, partner.test")).await
}

impl World {
    /// The tenants `demo`, with a provider and the member Ana, and `other`, where Ana is an owner.
    pub async fn new() -> Self {
        let clock = Clock::fixed(Clock::System.now());
        let app = App::at(clock.clone(), &[("STOA_SESSION_IDLE_MINUTES", "1000")]).await;
        let demo = tenant_with_owner(&app, "demo").await;
        let other = tenant_with_owner(&app, "other").await;
        let ana = person(&app, ANA).await;
        people::set_role(&demo, ana, Role::Staff).await.unwrap();
        people::set_role(&other, ana, Role::Owner).await.unwrap();
        let (provider, owner) = (Provider::start().await, Browser::signed_in(&app.base, "owner@demo.test").await);
        assert_eq!(location(&set(&owner, "demo", &provider).await), "/t/demo/settings/sso?done=saved");
        Self { app, clock, demo, provider, owner }
    }

    pub fn browser(&self) -> Browser {
        Browser::new(&self.app.base)
    }

    /// Signs in at the provider as `email` and comes back.
    pub async fn come(&self, email: &str, bend: impl FnOnce(&mut Value)) -> (Browser, Response) {
        let browser = self.browser();
        let asked = asked(&browser, "demo").await;
        let back = back(&asked, &self.provider.code(&asked, email, bend));
        let answer = browser.get(&back).await;
        (browser, answer)
    }

    pub async fn refused(&self, why: &str, words: &str, email: &str, bend: impl FnOnce(&mut Value)) {
        let (browser, answer) = self.come(email, bend).await;
        assert_refused(&browser, answer, words, why).await;
    }
}

pub async fn assert_refused(browser: &Browser, answer: Response, words: &str, why: &str) {
    assert_eq!(answer.status(), 422, "{why}");
    let html = answer.text().await.unwrap();
    assert!(html.contains(words), "{why}: {html}");
    assert!(!browser.is_signed_in().await && browser.get("/t/demo").await.status() == 303, "{why}");
}

/// Where the page sends the browser.
pub async fn asked(browser: &Browser, tenant: &str) -> Url {
    let answer = browser.get(&format!("/login/sso/{tenant}?next=/t/demo/orders")).await;
    assert_eq!(answer.status(), 200);
    let html = answer.text().await.unwrap();
    let link =
        html.split("href=\"").map(|rest| rest.split('"').next().unwrap()).find(|href| href.contains("/authorize?"));
    Url::parse(&link.unwrap().replace("&amp;", "&")).unwrap()
}

fn param(asked: &Url, name: &str) -> String {
    asked.query_pairs().find(|(n, _)| n == name).unwrap().1.into_owned()
}

/// The address at which the provider gives the browser back.
pub fn back(asked: &Url, code: &str) -> String {
    let target = Url::parse(&param(asked, "redirect_uri")).unwrap();
    app::url::with_query(target.path(), [("code", code), ("state", param(asked, "state").as_str())])
}
