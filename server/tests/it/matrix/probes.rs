//! Random questions about another tenant's things, through everything that takes words: filters, searches, cursors,
//! forms, batches. The same question about something that does not exist gets the same answer.

use chrono::DateTime;
use domain::page::{Cursor, Cursors, Direction, List};
use domain::permission::{KeyScope, Role};
use reqwest::{Method, RequestBuilder};
use serde_json::json;
use uuid::Uuid;

use super::answers::{Door, read};
use super::world::{Id, SECRETS, Who, World, key};

const API: &str = "/api/v1/";
const ANY: [&str; 6] = ["", "%00", "\u{202e}x", "-1", "99999999999999999999", "'; drop table orders; --"];

#[tokio::test]
async fn questions_about_foreign_things_are_answered_like_those_about_nothing() {
    let number = if db::testing::full_counts() { 10_000 } else { 150 };
    probe(&World::new().await, number).await;
}

#[tokio::test]
async fn so_they_are_by_the_query_layer_alone() {
    let world = World::new().await;
    world.app.test_db.tear_down_walls().await;
    probe(&world, if db::testing::full_counts() { 5_000 } else { 120 }).await;
}

#[tokio::test]
async fn row_level_security_alone_lets_nothing_out() {
    let world = World::new().await;
    let doors = Doors::new(&world).await;
    let patterns = patterns(&world);
    world.app.db.break_filter(world.demo.access.tenant(), world.other.access.tenant());
    let (mut shown, mut asked) = (0, 0);
    for seed in 0..if db::testing::full_counts() { 5_000 } else { 120 } {
        let mut dice = Dice(seed);
        let (foreign, _) = dice.pair(&world);
        let question = Question::new(&mut dice, &patterns);
        let answer = read(question.ask(&world, &doors, &foreign)).await;
        no_secret(&answer.body, &format!("seed {seed}: {question:?} about {foreign}"));
        shown += usize::from(answer.status == 200);
        asked += 1;
    }
    assert!(shown * 4 > asked, "most pages still answer: {shown} of {asked}");
    // The same server without the other wall, once it has forgotten what it knows: now it would be seen.
    world.app.test_db.tear_down_walls().await;
    let orders = async || doors.owner.0.get("/t/demo/orders?limit=7").await.text().await.unwrap();
    db::testing::within_a_second("the filter was broken indeed", async || orders().await.contains(SECRETS[0])).await;
}

async fn probe(world: &World, number: u64) {
    let doors = Doors::new(world).await;
    let patterns = patterns(world);
    for seed in 0..number {
        let mut dice = Dice(seed);
        let (foreign, absent) = dice.pair(world);
        let question = Question::new(&mut dice, &patterns);
        let [theirs, nothing] = [&foreign, &absent].map(|word| question.ask(world, &doors, word));
        let (theirs, nothing) = (read(theirs).await, read(nothing).await);
        let about = format!("seed {seed}: {question:?} about {foreign}");
        assert!(theirs.status < 500, "{about}: {}", theirs.body);
        no_secret(&theirs.body, &about);
        assert_eq!(theirs.status, nothing.status, "{about}");
        if theirs.headers.contains("text/event-stream") {
            continue;
        }
        let [theirs, nothing] = [&theirs, &nothing].map(|answer| without(&answer.body, [&foreign, &absent]));
        let same = theirs.bytes().zip(nothing.bytes()).take_while(|(a, b)| a == b).count();
        let from = |text: &str| {
            String::from_utf8_lossy(&text.as_bytes()[same.saturating_sub(60)..]).chars().take(200).collect::<String>()
        };
        assert!(theirs == nothing, "{about}\n{}\n{}", from(&theirs), from(&nothing));
    }
}

fn no_secret(body: &str, about: &str) {
    for secret in SECRETS {
        assert!(!body.contains(secret), "{about}: {body}");
    }
}

// Whatever a tenant's people and programs can read, files and streams too.
fn patterns(world: &World) -> Vec<String> {
    let table = server::router::table(&world.app.state).into_iter();
    let read =
        table.filter(|r| r.method == Method::GET && (r.path.starts_with("/t/{tenant}") || r.path.starts_with(API)));
    let patterns: Vec<String> = read.map(|r| r.path).collect();
    for needed in ["/t/{tenant}/audit/export", "/t/{tenant}/backups/{id}/download", "/api/v1/events"] {
        assert!(patterns.iter().any(|path| path == needed), "{needed}: {patterns:?}");
    }
    patterns
}

// Without either word that was asked for, the ids of orders that a batch has made, and what an export recorded of itself.
fn without(text: &str, words: [&String; 2]) -> String {
    let mut text = text.to_owned();
    for word in words {
        text = text.replace(&*app::url::escape(word), "WORD").replace(word.as_str(), "WORD");
    }
    let lines = text.lines().filter(|line| !line.contains(",audit.export,"));
    let text = lines.collect::<Vec<_>>().join("\n");
    let made = text.split("\"id\":\"");
    let rest = made.enumerate().map(|(n, part)| if n == 0 { part } else { part.get(36..).unwrap_or(part) });
    rest.collect::<Vec<_>>().join("MADE ")
}

/// Who asks.
struct Doors {
    owner: Door,
    program: Door,
    writer: String,
}

impl Doors {
    async fn new(world: &World) -> Self {
        let all = key(&world.demo.access, &KeyScope::ALL).await;
        // What a batch stores would show on the pages: it goes to a tenant of its own.
        let ground = db::testing::tenant(&world.app.db, "ground").await;
        db::testing::store(&ground, "north", "Europe/London", "GBP").await;
        Self {
            owner: world.enter(Who::Member(Role::Owner)).await,
            program: (world.enter(Who::Stranger).await.0, Some(all)),
            writer: key(&ground, &[KeyScope::OrdersWrite]).await,
        }
    }
}

/// One way to ask.
#[derive(Debug)]
enum Question {
    Get { pattern: String, name: &'static str, others: String },
    Batch { field: &'static str },
    Import,
}

impl Question {
    fn new(dice: &mut Dice, patterns: &[String]) -> Self {
        let names = [
            "q", "store", "cursor", "tenant", "customer", "status", "kind", "from", "id", "import", "order", "after",
            "actor", "object", "rows",
        ];
        let name = names[dice.below(names.len())];
        let others = ["", "&limit=1", "&from=2026-01-01&to=2026-12-31", "&kind=sale", "&min=1&max=999999999"];
        let junk = ANY[dice.below(ANY.len())];
        let others = format!(
            "{}{}",
            others[dice.below(others.len())],
            if dice.below(8) == 0 { format!("&min={}", app::url::escape(junk)) } else { String::new() }
        );
        match dice.below(8) {
            0 => Self::Batch { field: ["store", "number", "sku", "email", "external_id"][dice.below(5)] },
            1 => Self::Import,
            2 | 3 => {
                let programs: Vec<&String> = patterns.iter().filter(|path| path.starts_with(API)).collect();
                Self::Get { pattern: programs[dice.below(programs.len())].clone(), name, others }
            }
            _ => Self::Get { pattern: patterns[dice.below(patterns.len())].clone(), name, others },
        }
    }

    fn ask(&self, world: &World, doors: &Doors, word: &str) -> RequestBuilder {
        let Doors { owner, program, writer } = doors;
        let base = &world.app.base;
        let escaped = app::url::escape(word);
        let bearer = program.1.as_deref().unwrap_or_default();
        match self {
            Self::Get { pattern, name, others } => {
                let path = world.address(pattern, "demo", Id::Own);
                let address = format!("{base}{path}?{name}={escaped}{others}");
                match pattern.starts_with(API) {
                    true => program.0.http.get(address).bearer_auth(bearer),
                    false => owner.0.http.get(address),
                }
            }
            Self::Batch { field } => {
                let text = |name: &str, otherwise: &str| {
                    if name == *field { word.to_owned() } else { otherwise.to_owned() }
                };
                // Numbers that are too long are told back cut, and words would differ then.
                let own = if word.len() > 40 { "P".repeat(65) } else { format!("P-{field}-{word}") };
                let order = json!({
                    "store": text("store", "north"), "number": text("number", &own),
                    "placed_at": "2026-03-01T10:00:00Z", "currency": "GBP",
                    "customer": {"email": format!("{}@x.test", text("email", "a")), "external_id": text("external_id", "e")},
                    "items": [{"sku": text("sku", "s"), "title": "t", "quantity": 1, "unit_price": 1}],
                });
                program.0.http.post(format!("{base}/api/v1/orders/batch")).bearer_auth(writer).json(&json!([order]))
            }
            Self::Import => {
                let form = [("store", word), ("format", "orders-csv")];
                owner.0.http.post(format!("{base}/t/demo/imports")).form(&form)
            }
        }
    }
}

/// Chance that can be repeated.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.roll() % end as u64).unwrap()
    }

    // Something of the other tenant, and something of the same shape that nobody has.
    fn pair(&mut self, world: &World) -> (String, String) {
        let other = &world.other;
        let same_shape = |id: &str| Uuid::from_u128(id.parse::<Uuid>().unwrap().as_u128() ^ 1).to_string();
        let ids = |id: &str| (id.to_owned(), same_shape(id));
        match self.below(10) {
            0 => (other.store.to_owned(), "xnnxx".to_owned()),
            1 => (other.number.to_owned(), "X-7".to_owned()),
            2 => ("customer@other.test".to_owned(), "customer@xther.test".to_owned()),
            3 => ("other-sku".to_owned(), "xther-sku".to_owned()),
            4 => ("other".to_owned(), "xther".to_owned()),
            5 => ids(&other.access.tenant().to_string()),
            6 => ids(&other.order),
            7 => ids(&other.import),
            8 => ids(&other.backup),
            _ => {
                let at = DateTime::from_timestamp(1_772_359_200, 0).unwrap();
                // Sealed for somebody of theirs, and by somebody else's secret.
                let cursor = |id: &str| Cursor { direction: Direction::Older, at, id: id.parse().unwrap() };
                let (state, tenant, order) = (&world.app.state, other.access.tenant(), &other.order);
                let of = |cursors: &Cursors| cursors.of(tenant, Uuid::nil(), List::Orders, state.db.clock().now());
                let sealed = |cursors: &Cursors, id: &str| of(cursors).seal(cursor(id)).text().to_owned();
                (sealed(&state.cursors, order), sealed(&Cursors::new(b"another"), &same_shape(order)))
            }
        }
    }
}
