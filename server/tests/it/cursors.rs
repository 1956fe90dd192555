//! Places in lists, uploads and downloads belong to whom they were made for.

use chrono::TimeDelta;
use domain::page::{List, NO_PLACE};
use domain::permission::{KeyScope, Permission, Role};
use reqwest::Response;

use crate::browser::{Browser, location};
use crate::matrix::world::{Id, Who, World, key};

const LIST: &str = "/t/demo/orders?limit=1";

struct Lists {
    world: World,
    key: String,
}

impl Lists {
    async fn new() -> Self {
        let world = World::new().await;
        let scope = world.demo.access.scope(Permission::WriteOrders).unwrap();
        let store = db::stores::known(&scope).await.unwrap()[0].clone();
        let now = world.app.db.clock().now();
        let orders: Vec<_> = (0..3).map(|n| db::testing::order(&store, &format!("C-{n}"), now, 1)).collect();
        db::testing::place_all(&scope, &store, &orders).await;
        let key = key(&world.demo.access, &KeyScope::ALL).await;
        Self { world, key }
    }

    async fn ask(&self, key: &str, cursor: &str) -> (u16, serde_json::Value) {
        let address = format!("{}/api/v1/orders?limit=1&cursor={cursor}", self.world.app.base);
        let answer = self.world.app.http().get(address).bearer_auth(key).send().await.unwrap();
        let status = answer.status().as_u16();
        let mut body: serde_json::Value = answer.json().await.unwrap();
        if let Some(problem) = body.as_object_mut().filter(|_| status != 200) {
            problem.remove("request_id");
        }
        (status, body)
    }

    // What is told of a text that was never a place of any list.
    async fn refusal(&self) -> (u16, serde_json::Value) {
        let (status, body) = self.ask(&self.key, "nonsense").await;
        assert_eq!((status, body["errors"][0]["field"].as_str()), (422, Some("cursor")), "{body}");
        assert_eq!(body["errors"][0]["message"].as_str(), Some(NO_PLACE), "{body}");
        (status, body)
    }
}

// The place in the link to older rows.
fn older(html: &str) -> String {
    let link = html.split("rel=\"next\"").nth(1).unwrap().split("cursor=").nth(1).unwrap();
    link.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect()
}

// The place is ignored, and said to be; the first page is shown, with the way to its address.
async fn begins_anew(answer: Response, first: &str) {
    assert_eq!(answer.status(), 200);
    let html = answer.text().await.unwrap();
    let chip = html.split("chip-ignored").next().and_then(|before| before.rsplit("<a ").next()).unwrap();
    assert!(html.contains("Ignored: cursor = ") && chip.contains(&format!("href={first}")), "{html}");
}

#[tokio::test]
async fn foreign_altered_and_old_cursors_are_refused_alike() {
    let lists = Lists::new().await;
    let (refusal, world) = (lists.refusal().await, &lists.world);
    let (status, page) = lists.ask(&lists.key, "").await;
    let cursor = page["next_cursor"].as_str().unwrap().to_owned();
    assert_eq!((status, lists.ask(&lists.key, &cursor).await.0), (200, 200));
    let others = [key(&world.demo.access, &KeyScope::ALL).await, key(&world.other.access, &KeyScope::ALL).await];
    for other in &others {
        assert_eq!(lists.ask(other, &cursor).await, refusal, "another key");
    }
    // Of another list, of a person, and by another secret: all of the same row.
    let (tenant, now) = (world.demo.access.tenant(), world.app.db.clock().now());
    let me = world.app.state.keys.find(&lists.key).await.unwrap().unwrap().key.0;
    let place = *world.app.state.cursors.of(tenant, me, List::Orders, now).open(&cursor).unwrap();
    let owner = db::people::find(&world.app.db, "owner@demo.test").await.unwrap().unwrap().0;
    for (whose, list) in [(me, List::Audit), (owner, List::Orders), (uuid::Uuid::nil(), List::Orders)] {
        let forged = world.app.state.cursors.of(tenant, whose, list, now).seal(place);
        assert_eq!(lists.ask(&lists.key, forged.text()).await, refusal, "{list:?}");
    }
    let forged = domain::page::Cursors::new(b"guessed").of(tenant, me, List::Orders, now).seal(place);
    assert_eq!(lists.ask(&lists.key, forged.text()).await, refusal, "another secret");
    let many = if db::testing::full_counts() { 1_000 } else { 120 };
    for n in 0..many {
        let mut letters = cursor.clone().into_bytes();
        let at = n % letters.len();
        letters[at] =
            if letters[at] == b'A' + (n / letters.len()) as u8 { b'z' } else { b'A' + (n / letters.len()) as u8 };
        assert_eq!(lists.ask(&lists.key, std::str::from_utf8(&letters).unwrap()).await, refusal, "letter {at}");
    }
    world.app.db.clock().set(now + TimeDelta::days(7) - TimeDelta::minutes(1));
    assert_eq!(lists.ask(&lists.key, &cursor).await.0, 200, "still within seven days");
    world.app.db.clock().set(now + TimeDelta::days(7) + TimeDelta::hours(2));
    assert_eq!(lists.ask(&lists.key, &cursor).await, refusal, "too old");
}

#[tokio::test]
async fn pages_lead_back_to_the_first_one() {
    let lists = Lists::new().await;
    let world = &lists.world;
    let owner = world.enter(Who::Member(Role::Owner)).await.0;
    let staff = world.enter(Who::Member(Role::Staff)).await.0;
    let cursor = older(&owner.get(LIST).await.text().await.unwrap());
    assert_eq!(cursor.len(), 60, "{cursor}");
    let deeper = format!("{LIST}&cursor={cursor}");
    assert_eq!(owner.get(&deeper).await.status(), 200);
    begins_anew(staff.get(&deeper).await, "\"/t/demo/orders?limit=1\"").await;
    let webhook = format!("/t/demo/settings/webhooks/{}", world.demo.webhook);
    for path in ["/t/demo/audit", "/t/demo/imports", "/t/demo/backups", "/t/demo/settings/jobs", &webhook] {
        begins_anew(owner.get(&format!("{path}?cursor={cursor}")).await, &format!("\"{path}")).await;
    }
    let admin = world.enter(Who::Admin).await.0;
    for path in ["/platform/audit", "/platform/backups", "/platform/jobs/list"] {
        begins_anew(admin.get(&format!("{path}?cursor={cursor}")).await, &format!("\"{path}")).await;
    }
    let program = lists.ask(&lists.key, "").await.1["next_cursor"].as_str().unwrap().to_owned();
    begins_anew(owner.get(&format!("{LIST}&cursor={program}")).await, "\"/t/demo/orders?limit=1\"").await;
    // The record of a whole installation is paged through, and its places are the admin's alone.
    let page = admin.get("/platform/audit").await.text().await.unwrap();
    assert!(!page.contains("Ignored"));
    let clock = world.app.db.clock();
    clock.set(clock.now() + TimeDelta::days(8));
    let again = Browser::signed_in(&world.app.base, "owner@demo.test").await;
    begins_anew(again.get(&deeper).await, "\"/t/demo/orders?limit=1\"").await;
}

#[tokio::test]
async fn uploads_and_downloads_are_bound_to_the_tenant_and_to_the_right() {
    let world = World::new().await;
    let begin = world.address("/t/{tenant}/imports/{id}/start", "demo", Id::Own);
    let show = world.address("/t/{tenant}/imports/{id}", "demo", Id::Own);
    let download = world.address("/t/{tenant}/backups/{id}/download", "demo", Id::Own);
    let viewer = world.enter(Who::Member(Role::Viewer)).await.0;
    assert_eq!(viewer.get(&show).await.status(), 200, "it may be seen by who may see imports");
    assert_eq!(viewer.post(&begin, &[]).await.status(), 403, "and begun by who may run them");
    let staff = world.enter(Who::Member(Role::Staff)).await.0;
    assert_eq!(staff.get("/t/demo/backups").await.status(), 200, "staff see that there are backups");
    assert_eq!(staff.get(&download).await.status(), 403, "and take none away");
    let stranger = world.enter(Who::OtherOwner).await.0;
    for path in [&show, &download] {
        let there = path.replace("/t/demo/", "/t/other/");
        let nowhere = world.address(
            if path == &show { "/t/{tenant}/imports/{id}" } else { "/t/{tenant}/backups/{id}/download" },
            "other",
            Id::Random,
        );
        let plain = async |path: &str| {
            (
                stranger.get(path).await.status().as_u16(),
                Browser::new(&world.app.base).get(path).await.status().as_u16(),
            )
        };
        assert_eq!(plain(&there).await, (404, 303));
        assert_eq!(plain(&there).await, plain(&nowhere).await);
        assert_eq!(stranger.get(path).await.status(), 404);
    }
}

#[tokio::test]
async fn an_upload_is_started_by_who_uploaded_it() {
    let world = World::new().await;
    let [owner, staff] = [world.enter(Who::Member(Role::Owner)).await.0, world.enter(Who::Member(Role::Staff)).await.0];
    let upload = async |browser: &Browser| {
        let part = reqwest::multipart::Part::text("number\n").file_name("spring.csv");
        let form =
            reqwest::multipart::Form::new().text("store", "north").text("format", "orders-csv").part("file", part);
        let request = browser.http.post(format!("{}/t/demo/imports", world.app.base)).multipart(form);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 303);
        location(&answer).split('?').next().unwrap().to_owned()
    };
    let tables = world.app.test_db.owner(world.demo.access.tenant()).await;
    let page = upload(&owner).await;
    let summary = domain::imports::Summary { orders: 1, ..domain::imports::Summary::default() };
    let preview = db::imports::Preview { summary, first: Vec::new() };
    let sql = "update import_runs set status = 'checked', preview = $1 where file_name = 'spring.csv'";
    sqlx::query(sql).bind(serde_json::to_value(preview).unwrap()).execute(&tables).await.unwrap();
    let state = async || {
        let sql = "select status || ' ' || (select count(*) from import_runs where file_name = 'spring.csv') from import_runs \
                   where file_name = 'spring.csv'";
        sqlx::query_scalar::<_, String>(sql).fetch_one(&tables).await.unwrap()
    };
    let start = format!("{page}/start");
    let form = format!("action=\"{start}\"");
    assert!(owner.get(&page).await.text().await.unwrap().contains(&form));
    let html = staff.get(&page).await.text().await.unwrap();
    assert!(html.contains("owner@demo.test") && html.contains("uploaded this file") && !html.contains(&form), "{html}");
    let refused = staff.post(&start, &[]).await;
    assert_eq!(refused.status(), 409);
    assert!(refused.text().await.unwrap().contains("Another member uploaded this file"));
    assert_eq!(state().await, "checked 1");
    // Who brings the same file takes it over.
    assert_eq!(upload(&staff).await, page);
    assert_eq!(owner.post(&start, &[]).await.status(), 409);
    assert!(staff.get(&page).await.text().await.unwrap().contains(&form));
    assert_eq!(staff.post(&start, &[]).await.status(), 303);
    assert_eq!(state().await, "queued 1");
}
