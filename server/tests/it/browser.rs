//! A person with a browser, and the people that these tests know.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use db::sealing::Sealer;
use db::{Access, people, testing};
use domain::permission::Role;
use http::{HeaderName, HeaderValue};
use reqwest::Response;
use reqwest::cookie::{CookieStore, Jar};

use crate::harness::{App, SECRET, http};
use crate::second_step;

pub const PASSWORD: &str = "a password of some length";

// The cookies of every browser, for reading what a server left in one.
static JARS: Mutex<Vec<Arc<Jar>>> = Mutex::new(Vec::new());

/// A browser: it keeps cookies and follows no redirects.
pub struct Browser {
    pub http: reqwest::Client,
    pub base: String,
}

impl Browser {
    /// A fresh one at this server.
    pub fn new(base: &str) -> Self {
        Self { http: http().cookie_provider(jar()).build().unwrap(), base: base.to_owned() }
    }

    /// One at an address of its own, where the server stands behind a proxy: guesses are counted by address.
    pub fn elsewhere(base: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0x0a00_0001);
        let address = Ipv4Addr::from_bits(NEXT.fetch_add(256, Ordering::Relaxed)).to_string();
        let headers = [(HeaderName::from_static("x-forwarded-for"), HeaderValue::try_from(address).unwrap())];
        let http = http().cookie_provider(jar()).default_headers(headers.into_iter().collect()).build().unwrap();
        Self { http, base: base.to_owned() }
    }

    /// One in which `email` is signed in.
    pub async fn signed_in(base: &str, email: &str) -> Self {
        Self::new(base).into_signed_in(email).await
    }

    /// The same one, once `email` is signed in.
    pub async fn into_signed_in(self, email: &str) -> Self {
        let browser = self;
        let answer = browser.sign_in(email, PASSWORD).await;
        assert_eq!(answer.status(), 303, "{email} cannot sign in");
        // Platform admins see nothing of the platform before they have one.
        if email.starts_with("admin@") {
            second_step::set_up(&browser).await;
        }
        browser
    }

    pub async fn get(&self, path: &str) -> Response {
        self.http.get(format!("{}{path}", self.base)).send().await.unwrap()
    }

    /// The same, come to by a link on the page at `from`.
    pub async fn get_from(&self, path: &str, from: &str) -> Response {
        self.http.get(format!("{}{path}", self.base)).header("referer", from).send().await.unwrap()
    }

    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Response {
        self.http.post(format!("{}{path}", self.base)).form(form).send().await.unwrap()
    }

    pub async fn sign_in(&self, email: &str, password: &str) -> Response {
        self.post("/login", &[("email", email), ("password", password)]).await
    }

    /// Whether this browser is signed in, as far as the server is concerned.
    pub async fn is_signed_in(&self) -> bool {
        self.get("/account").await.status() == 200
    }
}

/// Where a redirect leads; after `done=`, the word for what was done, if that page is to say it.
pub fn location(answer: &Response) -> &str {
    let address = answer.headers()["location"].to_str().unwrap();
    let Some(word) = flash(answer, address) else { return address };
    let sign = if address.contains('?') { '&' } else { '?' };
    Box::leak(format!("{address}{sign}done={word}").into_boxed_str())
}

// The cookie is sealed for a path and a session.
fn flash(answer: &Response, address: &str) -> Option<String> {
    let set = answer.headers().get_all("set-cookie").iter().filter_map(|line| line.to_str().ok());
    let sealed =
        set.filter_map(|line| line.strip_prefix("flash=")?.split(';').next()).find(|value| !value.is_empty())?;
    let sealed = URL_SAFE_NO_PAD.decode(sealed).unwrap();
    let sealer = Sealer::new(SECRET.as_bytes()).unwrap();
    let path = address.split('?').next().unwrap();
    let jars = JARS.lock().unwrap();
    let sessions = jars.iter().map(|jar| {
        let cookies = jar.cookies(answer.url()).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        let session = cookies.split("; ").find_map(|pair| pair.strip_prefix("stoa=")).unwrap_or_default().to_owned();
        format!("flash {session} {path}")
    });
    let opened = sessions.filter_map(|purpose| sealer.open(&purpose, &sealed).ok()).next().expect("a browser with it");
    Some(String::from_utf8(opened).unwrap().split_once(' ').unwrap().1.to_owned())
}

fn jar() -> Arc<Jar> {
    let jar = Arc::new(Jar::default());
    JARS.lock().unwrap().push(Arc::clone(&jar));
    jar
}

/// An account without any role.
pub async fn person(app: &App, email: &str) -> domain::ids::UserId {
    people::create(&app.db, &app.state.passwords, email, PASSWORD, false).await.unwrap()
}

/// A tenant with a store, and its owner `owner@{slug}.test`.
pub async fn tenant_with_owner(app: &App, slug: &str) -> Access {
    let access = testing::tenant(&app.db, slug).await;
    testing::store(&access, "north", "Europe/London", "GBP").await;
    let owner = person(app, &format!("owner@{slug}.test")).await;
    people::set_role(&access, owner, Role::Owner).await.unwrap();
    access
}
