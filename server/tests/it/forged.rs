//! A thousand writes that other sites would make people's browsers send, and input that nobody means well with.

use std::time::{Duration, Instant};

use domain::permission::{KeyScope, Role};
use reqwest::Method;
use server::auth::Needs;
use server::router;

use crate::browser::Browser;
use crate::matrix::world::{Id, Who, World, key};

const SITES: [Option<&str>; 4] = [Some("cross-site"), Some("same-site"), Some("bogus"), None];
const REFERERS: [Option<&str>; 3] = [Some("https://evil.test/page"), Some("http://127.0.0.1/t/demo"), None];
const TYPES: [Option<&str>; 5] = [
    Some("application/x-www-form-urlencoded"),
    Some("multipart/form-data; boundary=x"),
    Some("text/plain"),
    Some("application/json"),
    None,
];

fn origins(base: &str) -> Vec<Option<String>> {
    let near = base.replace("127.0.0.1:", "127.0.0.1.evil.test:");
    let port = format!("{}0", base.rsplit_once(':').map_or(base, |(host, _)| host).to_owned() + ":8");
    let some = ["https://evil.test", "null", "https://stoa.example.evil.test", "https://127.0.0.1"].map(str::to_owned);
    some.into_iter().chain([near, port]).map(Some).chain([None]).collect()
}

#[tokio::test]
async fn no_forged_write_gets_past_the_door() {
    let world = World::new().await;
    let table = router::table(&world.app.state);
    let pages = |needs| !matches!(needs, Needs::Key(_) | Needs::Monitor);
    let writes: Vec<String> = table
        .iter()
        .filter(|r| r.method == Method::POST && pages(r.needs))
        .map(|r| world.address(&r.path, "demo", Id::Own))
        .collect();
    assert!(writes.len() > 15, "{writes:?}");
    let owner = world.enter(Who::Member(Role::Owner)).await.0;
    let admin = world.enter(Who::Admin).await.0;
    let origins = origins(&world.app.base);
    let (mut sent, most) = (0_usize, if db::testing::full_counts() { 1_000 * writes.len() } else { 1_000 });
    'all: for round in 0.. {
        for (n, path) in writes.iter().enumerate() {
            // Every combination comes up for every address before long; neighbours differ in all parts.
            let turn = round * writes.len() + n;
            let (site, origin) = (SITES[turn % 4], &origins[(turn / 4) % origins.len()]);
            let (referer, kind) = (REFERERS[(turn / 2) % 3], TYPES[(turn / 3) % 5]);
            // Without both, it is no browser that sends.
            if site.is_none() && origin.is_none() {
                continue;
            }
            let browser = if path.starts_with("/platform") { &admin } else { &owner };
            let mut request = browser.http.post(format!("{}{path}", world.app.base));
            for (name, value) in
                [("sec-fetch-site", site), ("origin", origin.as_deref()), ("referer", referer), ("content-type", kind)]
            {
                request = value.iter().fold(request, |request, value| request.header(name, *value));
            }
            let answer = request.body("reason=x&go=1&name=Forged&hour=9&theme=dark").send().await.unwrap();
            assert_eq!(answer.status(), 403, "{path} {site:?} {origin:?} {referer:?} {kind:?}");
            assert!(!answer.headers().contains_key("set-cookie"), "{path}");
            sent += 1;
            if sent == most {
                break 'all;
            }
        }
    }
    assert!(owner.is_signed_in().await && admin.is_signed_in().await);
    let html = owner.get("/t/demo/settings/stores/north").await.text().await.unwrap();
    assert!(!html.contains("Forged"), "{html}");
}

#[tokio::test]
async fn a_key_is_no_cookie_and_a_cookie_no_key() {
    let world = World::new().await;
    let owner = world.enter(Who::Member(Role::Owner)).await.0;
    let order = owner.http.post(format!("{}/api/v1/orders", world.app.base)).body("{}");
    assert_eq!(order.header("content-type", "application/json").send().await.unwrap().status(), 401);
    let key = key(&world.demo.access, &KeyScope::ALL).await;
    let stranger = Browser::new(&world.app.base);
    let page = stranger.http.post(format!("{}/t/demo/settings/backups", world.app.base)).bearer_auth(key);
    assert_eq!(page.form(&[("hour", "9")]).send().await.unwrap().status(), 303);
}

#[tokio::test]
async fn random_requests_never_cause_a_server_error_or_a_hang() {
    let world = World::new().await;
    let owner = world.enter(Who::Member(Role::Owner)).await.0;
    let key = key(&world.demo.access, &KeyScope::ALL).await;
    let pages: Vec<String> = router::table(&world.app.state)
        .into_iter()
        .filter(|r| r.method == Method::GET && !r.path.ends_with("/events") && !r.path.contains('*'))
        .map(|r| world.address(&r.path, "demo", Id::Own))
        .collect();
    for seed in 0..if db::testing::full_counts() { 20_000 } else { 300 } {
        let mut noise = Noise(seed);
        let page = &pages[noise.below(pages.len())];
        let names = ["cursor", "from", "to", "q", "min", "max", "limit", "store", "status", "via", "id", "compare"];
        let mark = if page.contains('?') { '&' } else { '?' };
        let address = format!(
            "{}{page}{mark}{}={}",
            world.app.base,
            names[noise.below(names.len())],
            app::url::escape(&noise.text())
        );
        let request = match noise.below(4) {
            0 => owner.http.get(address),
            1 => world
                .app
                .http()
                .get(address)
                .header("cookie", format!("stoa={}; theme={}", noise.token(), noise.token())),
            2 => {
                let path = ["/api/v1/orders", "/api/v1/orders/batch"][noise.below(2)];
                let request = world.app.http().post(format!("{}{path}", world.app.base)).bearer_auth(&key);
                request.header("content-type", "application/json").body(noise.json(4))
            }
            _ => {
                let events = format!("{}/api/v1/events?after={}", world.app.base, app::url::escape(&noise.text()));
                world.app.http().get(events).bearer_auth(&key).header("last-event-id", noise.token())
            }
        };
        let begun = Instant::now();
        let answer = request.send().await.unwrap_or_else(|e| panic!("seed {seed}: {e}"));
        assert!(answer.status().as_u16() < 500, "seed {seed}: {}", answer.status());
        // Milliseconds are usual: whatever takes this long hangs on what was sent.
        assert!(begun.elapsed() < Duration::from_secs(5), "seed {seed} took {:?}", begun.elapsed());
    }
}

/// Nonsense that can be repeated.
struct Noise(u64);

impl Noise {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed ^ (mixed >> 29)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.roll() % end as u64).unwrap()
    }

    fn text(&mut self) -> String {
        let pieces = [
            "\0",
            "\u{202e}",
            "'",
            "\"",
            "%",
            "\\",
            "-9223372036854775808",
            "1e999",
            "2026-02-30",
            "\u{1f600}",
            "..",
            "/",
            "<",
            "é",
            "9",
            "b_Zy",
        ];
        (0..self.below(12)).map(|_| pieces[self.below(pieces.len())]).collect()
    }

    // What may stand in a header.
    fn token(&mut self) -> String {
        let plain = |c: char| c.is_ascii_graphic() && c != ';';
        self.text().chars().filter(|c| plain(*c)).collect()
    }

    fn json(&mut self, depth: usize) -> String {
        match self.below(if depth == 0 { 5 } else { 8 }) {
            0 => "null".to_owned(),
            1 => (self.roll() as i64).to_string(),
            2 => "1e400".to_owned(),
            3 => serde_json::Value::from(self.text()).to_string(),
            4 => "{\"store\":".to_owned(),
            5 => format!("[{}]", (0..self.below(4)).map(|_| self.json(depth - 1)).collect::<Vec<_>>().join(",")),
            6 => "[".repeat(self.below(2_000)),
            _ => {
                let names = ["store", "number", "items", "customer", "placed_at", "currency", "orders", "tags"];
                let fields = (0..self.below(6))
                    .map(|_| format!("\"{}\":{}", names[self.below(names.len())], self.json(depth - 1)));
                format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
            }
        }
    }
}
