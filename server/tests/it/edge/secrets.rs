//! Every kind of secret, sent to where it belongs and to where it does not, and then looked for in everything that stays: the
//! log down to `trace`, the performance log, the record, the metrics, the list of slow requests, the bodies of refusals.

use std::path::Path;

use domain::permission::{KeyScope, Role};
use serde_json::json;
use sqlx::Executor;

use crate::browser::{Browser, PASSWORD};
use crate::harness::http;
use crate::killed::Program;
use crate::letters;
use crate::matrix::world::{Who, World, key};
use crate::second_step::{self, texts};

const METRICS_TOKEN: &str = "Metrics-token-of-this-test";
// Services of the installation at addresses where nothing listens: what cannot be reached is logged most.
const SERVICES: [(&str, &str, &str); 3] = [
    ("REDIS_URL", "redis://stoa:Redis-password-of-this-test@127.0.0.1:1", "Redis-password-of-this-test"),
    ("STOA_SMTP_URL", "smtp://stoa:Smtp-password-of-this-test@127.0.0.1:1", "Smtp-password-of-this-test"),
    (
        "STOA_BACKUP_URL",
        "s3://bucket/stoa?endpoint=http://127.0.0.1:1&region=here&access_key_id=Access-key&secret_access_key=S3-password-of-this-test",
        "S3-password-of-this-test",
    ),
];

struct Sent {
    secrets: Vec<(&'static str, String)>,
}

impl Sent {
    fn note(&mut self, kind: &'static str, secret: impl Into<String>) -> String {
        let secret = secret.into();
        assert!(secret.len() > 5, "{kind} is too short to be looked for");
        self.secrets.push((kind, secret.clone()));
        secret
    }

    fn assert_absent(&self, text: &str, place: &str) {
        for (kind, secret) in &self.secrets {
            if let Some(at) = text.find(secret.as_str()) {
                let around: String = text[at.saturating_sub(200)..].chars().take(400).collect();
                panic!("{kind} stands in {place}: {around}");
            }
        }
    }
}

fn cookie(answer: &reqwest::Response) -> String {
    let cookies = answer.headers().get_all("set-cookie").iter().filter_map(|c| c.to_str().ok());
    let stoa = cookies.into_iter().find_map(|c| c.strip_prefix("stoa=")).expect("a session begins");
    stoa.split(';').next().unwrap().to_owned()
}

// Asks for `address` in all ways, rightly or not; what is refused tells nothing either.
async fn everywhere(browser: &Browser, sent: &Sent, address: &str) {
    let (head, last) = address.rsplit_once('/').unwrap();
    let wrong = [
        format!("{address}/"),
        format!("/{address}"),
        format!("{head}/x/{last}"),
        format!("{}/{last}", head.to_uppercase()),
        format!("/nothing?link={address}"),
        format!("/login?next={address}"),
        format!("/t/demo/orders/{last}"),
        format!("/t/{last}"),
        format!("/api/v1/orders/{last}"),
        format!("/{last}"),
    ];
    for path in wrong {
        for method in [reqwest::Method::GET, reqwest::Method::POST, reqwest::Method::PUT] {
            let request = browser.http.request(method, format!("{}{path}", browser.base));
            let answer = request.header("referer", format!("{}{address}", browser.base)).send().await.unwrap();
            let status = answer.status().as_u16();
            let body = answer.text().await.unwrap();
            // The form to sign in leads on to where somebody wanted to go.
            if status >= 400 && !path.starts_with("/login") {
                sent.assert_absent(&body, &format!("the refusal of {path}"));
            }
        }
    }
}

async fn links(world: &World, stranger: &Browser, sent: &mut Sent) {
    stranger.post("/forgot-password", &[("email", "owner@demo.test")]).await;
    let reset = letters::wait_for(&world.app, "link.password", 1).await[0].path();
    let invitation = format!("/invitation/{}", world.demo.secret);
    for (kind, link) in [("an invitation", invitation), ("a link to a new password", reset)] {
        sent.note(kind, link.rsplit_once('/').unwrap().1);
        assert_eq!(stranger.get(&link).await.status(), 200, "{kind} is a real one");
        // Neither is used up by what is refused, and then it is by what succeeds.
        stranger.post(&link, &[("password", "short")]).await;
        everywhere(stranger, sent, &link).await;
    }
    for prefix in ["/confirm-email", "/invitation", "/reset-password"] {
        let secret = sent.note("a link that opens nothing", uuid::Uuid::new_v4().simple().to_string() + "Zz");
        everywhere(stranger, sent, &format!("{prefix}/{secret}")).await;
        stranger.get(&format!("{prefix}/{secret}")).await;
        stranger.post(&format!("{prefix}/{secret}"), &[]).await;
    }
    let password = sent.note("a chosen password", "Chosen-for-the-invited-1");
    let invitation = format!("/invitation/{}", world.demo.secret);
    assert_eq!(stranger.post(&invitation, &[("name", "G"), ("password", &password)]).await.status(), 303);
}

async fn codes(browser: &Browser, sent: &mut Sent) {
    let wrong = sent.note("a wrong password", "Wrong-guess-of-somebody-9");
    browser.sign_in("owner@demo.test", &wrong).await;
    browser.sign_in("nobody@nowhere.test", &wrong).await;
    let typed = sent.note("a password in the wrong field", "Typed-as-an-address-7");
    browser.sign_in(&typed, "x").await;
    for (kind, path, field) in [
        ("a code of an app", "/login/code", "code"),
        ("a recovery code", "/login/code", "code"),
        ("a code to turn the app on", "/account/second-factor", "code"),
        ("an answer of a passkey", "/login/passkey/finish", "answer"),
        ("a new passkey", "/account/passkeys", "answer"),
        ("a current password", "/account/password", "current"),
        ("a new password", "/account/password", "password"),
        ("a client's secret", "/t/demo/settings/sso", "client_secret"),
    ] {
        let secret = sent.note(kind, format!("{}Qx", uuid::Uuid::new_v4().simple()));
        browser.post(path, &[(field, &secret), ("issuer", "https://127.0.0.1:1/")]).await;
        browser.get(&format!("{path}?{field}={secret}")).await;
    }
    let code = sent.note("a code of a provider", "4/0AXprovider-code-Zz");
    let state = sent.note("a state of a provider", "state-of-a-provider-Zz");
    browser.get(&format!("/login/oidc/demo/callback?code={code}&state={state}")).await;
    let challenge = browser.post("/login/passkey", &[]).await.text().await.unwrap();
    let challenge =
        challenge.split("\"challenge\":\"").nth(1).and_then(|rest| rest.split('"').next()).map(str::to_owned);
    sent.secrets.extend(challenge.map(|challenge| ("a challenge of a passkey", challenge)));
}

async fn keys(world: &World, base: &str, sent: &mut Sent) {
    let key = sent.note("an API key", key(&world.demo.access, &KeyScope::ALL).await);
    let wrong = sent.note("a wrong API key", "stoa_WrongKeyThatSomebodyMadeUp");
    let client = http().build().unwrap();
    for key in [&key, &wrong] {
        for path in ["/api/v1/orders", "/api/v1/orders/x", "/metrics", "/t/demo"] {
            client.get(format!("{base}{path}")).bearer_auth(key).send().await.unwrap();
            client.get(format!("{base}{path}?key={key}&{key}=1")).send().await.unwrap();
            client.get(format!("{base}/api/v1/orders/{key}")).bearer_auth(key).send().await.unwrap();
        }
        let order = json!({"store": "north", "number": "K-1", "note": key, "customer": {"name": key}});
        client.post(format!("{base}/api/v1/orders")).bearer_auth(key).json(&order).send().await.unwrap();
    }
}

// What opens something indeed, as it is shown once.
async fn shown_once(owner: &Browser, sent: &mut Sent) {
    for (kind, path, form) in [
        ("a secret of a webhook", "/t/demo/settings/webhooks", [("url", "https://1.1.1.1/stoa"), ("name", "")]),
        ("a key made on its page", "/t/demo/settings/keys", [("name", "Shown"), ("scopes", "orders:read")]),
    ] {
        let page = owner.post(path, &form).await.text().await.unwrap();
        sent.note(kind, texts(&page, "code.once").remove(0));
    }
    for code in second_step::set_up(owner).await.1 {
        sent.note("a recovery code that opens", code);
    }
}

fn settings(dir: &Path) -> Vec<(&'static str, &str)> {
    let plain = [
        ("STOA_LOG_DIR", dir.to_str().unwrap()),
        ("STOA_LOG", "trace"),
        ("STOA_SLOW_MS", "1"),
        ("STOA_PROXIES", "1"),
        ("STOA_METRICS_TOKEN", METRICS_TOKEN),
        ("STOA_DEMO", "true"),
        ("STOA_MAIL_FROM", "Stoa <stoa@stoa.test>"),
    ];
    plain.into_iter().chain(SERVICES.map(|(name, url, _)| (name, url))).collect()
}

fn note_settings(world: &World, sent: &mut Sent) {
    sent.note("the password", PASSWORD);
    sent.note("the token for metrics", METRICS_TOKEN);
    sent.note("the secret of the installation", "a secret of thirty-two characters");
    let database = url::Url::parse(&world.app.test_db.url).unwrap();
    sent.note("the password of the database", database.password().unwrap());
    for (name, _, password) in SERVICES {
        sent.note(name, password);
    }
}

// The emails that wait are sent in vain to the mail server, and then become files where there is none.
async fn mail_goes_out(world: &World, program: &Program, settings: &[(&str, &str)]) {
    let send = async |settings: &[(&str, &str)]| {
        let mut command = program.command("job run send-mail", settings);
        tokio::task::spawn_blocking(move || command.status().unwrap()).await.unwrap()
    };
    send(settings).await;
    let again = "update mail_outbox set due_at = now() - interval '1 minute' where status <> 'sent'";
    world.app.test_db.platform_owner().await.execute(again).await.unwrap();
    let data = std::env::temp_dir().join(format!("stoa-mail-{}", world.app.test_db.name));
    let mut without = settings.to_vec();
    without.retain(|(name, _)| *name != "STOA_SMTP_URL");
    without.push(("STOA_DATA_DIR", data.to_str().unwrap()));
    assert!(send(without.as_slice()).await.success());
    std::fs::remove_dir_all(&data).unwrap();
}

fn logged(dir: &Path) -> String {
    let files = std::fs::read_dir(dir).unwrap().map(|file| file.unwrap().path());
    files.map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

async fn recorded(world: &World) -> String {
    let mut owner = world.app.test_db.backup_owner().await;
    let rows: Vec<String> =
        sqlx::query_scalar("select e::text from audit_entries e").fetch_all(&mut owner).await.unwrap();
    rows.join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_stays_anywhere() {
    let world = World::new().await;
    let program = Program::new(&world.app.test_db);
    let dir = std::env::temp_dir().join(format!("stoa-secrets-{}", uuid::Uuid::now_v7()));
    std::fs::create_dir(&dir).unwrap();
    let settings = settings(&dir);
    let mut child = program.start_with(&settings);
    let client = http().build().unwrap();
    let asked = async || client.get(format!("{}/ready", program.base())).send().await.ok();
    db::testing::eventually("it is ready", async || asked().await.filter(|answer| answer.status() == 200)).await;
    let mut sent = Sent { secrets: Vec::new() };
    note_settings(&world, &mut sent);
    let (mut owner, _) = world.enter(Who::Member(Role::Owner)).await;
    owner.base = program.base();
    let stranger = Browser::elsewhere(&program.base());
    let begun = Browser::elsewhere(&program.base());
    sent.note("a session", cookie(&begun.sign_in("owner@demo.test", PASSWORD).await));
    links(&world, &stranger, &mut sent).await;
    codes(&begun, &mut sent).await;
    keys(&world, &program.base(), &mut sent).await;
    let fresh = Browser::elsewhere(&program.base());
    assert_eq!(fresh.sign_in("owner@demo.test", PASSWORD).await.status(), 303);
    shown_once(&fresh, &mut sent).await;
    let metrics = client.get(format!("{}/metrics", program.base())).bearer_auth(METRICS_TOKEN).send().await.unwrap();
    assert_eq!(metrics.status(), 200);
    sent.assert_absent(&metrics.text().await.unwrap(), "the metrics");
    let admin = world.enter(Who::Admin).await.0;
    let slow = admin.http.get(format!("{}/platform/performance", program.base())).send().await.unwrap();
    assert_eq!(slow.status(), 200);
    sent.assert_absent(&slow.text().await.unwrap(), "the list of slow requests");
    std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    tokio::task::spawn_blocking(move || child.wait().unwrap()).await.unwrap();
    mail_goes_out(&world, &program, &settings).await;
    let log = logged(&dir);
    let written: Vec<&str> = log.lines().filter(|line| line.contains("email written to a file")).collect();
    assert!(!written.is_empty() && log.contains("email not sent yet"), "{log:.2000}");
    for line in written {
        let to = line.split_once("to=\"").and_then(|(_, rest)| rest.split_once('"')).expect("a recipient").0;
        assert!(to.ends_with(".test") && !to.contains('@'), "the log says more than the domain: {line}");
    }
    assert!(
        log.contains("/invitation/{secret}") && log.contains("slow request") && log.contains("DEBUG sqlx"),
        "{log:.2000}"
    );
    sent.assert_absent(&log, "the log");
    sent.assert_absent(&recorded(&world).await, "the record");
    assert!(sent.secrets.len() > 20);
    std::fs::remove_dir_all(&dir).unwrap();
}
