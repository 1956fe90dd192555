//! Partitions as machines, people, programs and operators meet them.

use std::process::{Command, Output, Stdio};

use db::{people, testing};
use domain::permission::{KeyScope, Permission};
use serde_json::Value;
use sqlx::{Connection, PgConnection};

use crate::browser::{Browser, PASSWORD, tenant_with_owner};
use crate::harness::App;

/// The program, with its archives in a folder of this test.
fn command(app: &App, line: &str) -> Command {
    let data = std::env::temp_dir().join(&app.test_db.name);
    let mut command = Command::new(env!("CARGO_BIN_EXE_stoa"));
    command.env_clear().env("DATABASE_URL", &app.test_db.url).env("STOA_DATA_DIR", data);
    command.args(line.split_whitespace()).stdin(Stdio::null());
    command
}

fn stoa(app: &App, line: &str) -> Output {
    command(app, line).output().unwrap()
}

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn json(app: &App, line: &str) -> Value {
    let output = stoa(app, &format!("{line} --json"));
    assert!(output.status.success(), "{line}: {}", words(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test]
async fn ready_is_degraded_while_rows_wait_in_the_net() {
    let app = App::new().await;
    let access = testing::tenant(&app.db, "demo").await;
    let store = testing::store(&access, "north", "Europe/London", "GBP").await;
    let ready = || async {
        let answer = app.http().get(format!("{}/ready", app.base)).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    assert_eq!(ready().await.1["status"], "ready");
    let mut owner = PgConnection::connect(&app.test_db.owner_url).await.unwrap();
    let sql = "select pg_advisory_lock(hashtext('stoa_partitions'), hashtext('orders'))";
    sqlx::query(sql).execute(&mut owner).await.unwrap();
    let scope = access.scope(Permission::WriteOrders).unwrap();
    let order = testing::order(&store, "1", "2019-05-01T12:00:00Z".parse().unwrap(), 1);
    testing::place_all(&scope, &store, &[order]).await;
    owner.close().await.unwrap();
    let (status, report) = ready().await;
    assert_eq!((status, &report["status"], &report["default_rows"]), (200, &"degraded".into(), &3.into()), "{report}");
    let numbers = app.http().get(format!("{}/metrics", app.base)).send().await.unwrap().text().await.unwrap();
    assert!(
        numbers.contains("stoa_partition_default_rows") && numbers.contains("stoa_partition_runway_days"),
        "{numbers}"
    );
    assert_eq!(json(&app, "partitions maintain")["upkeep"]["moved"], 3);
    assert_eq!(ready().await.1["status"], "ready");
}

#[tokio::test]
async fn an_archived_order_is_gone_and_said_so_until_it_is_restored() {
    let app = App::new().await;
    let access = tenant_with_owner(&app, "demo").await;
    let scope = access.scope(Permission::WriteOrders).unwrap();
    let tx = scope.begin().await.unwrap();
    let store = db::stores::by_slug(&tx, "north").await.unwrap();
    tx.commit().await.unwrap();
    let order = testing::order(&store, "A-1", "2024-02-29T12:00:00Z".parse().unwrap(), 1);
    let placed = testing::place_all(&scope, &store, &[order]).await;
    let db::orders::place::Placed::Stored(id) = placed[0] else { panic!("{placed:?}") };
    let key = db::api_keys::create(&access.scope(Permission::ManageKeys).unwrap(), &KeyScope::ALL, None).await.unwrap();
    let browser = Browser::signed_in(&app.base, "owner@demo.test").await;
    let api = || app.http().get(format!("{}/api/v1/orders/{id}", app.base)).bearer_auth(&key).send();

    let refused = stoa(&app, "partitions archive");
    assert_eq!(refused.status.code(), Some(2), "{}", words(&refused));
    assert_eq!(stoa(&app, "partitions archive --before 2024").status.code(), Some(2));
    let refused = stoa(&app, "partitions archive --before 2024q2");
    assert!(refused.status.code() == Some(2) && words(&refused).contains("--yes"), "{}", words(&refused));
    assert_eq!(json(&app, "partitions archive --before 2024q2 --dry-run")["quarters"], serde_json::json!(["2024q1"]));
    assert_eq!(stoa(&app, "partitions restore 2024q1 --yes").status.code(), Some(1));
    assert_eq!(browser.get("/t/demo/orders/north/A-1").await.status(), 200);

    let done = json(&app, "partitions archive --before 2024q2 --yes");
    assert_eq!(
        (&done["archived"][0]["state"], &done["archived"][0]["orders"]),
        (&"dropped".into(), &1.into()),
        "{done}"
    );
    for path in ["", "/cancel", "/refund"] {
        let page = browser.get(&format!("/t/demo/orders/north/A-1{path}")).await;
        assert_eq!(page.status(), 410, "{path}");
        let text = page.text().await.unwrap();
        assert!(text.contains("This order is archived") && text.contains("29 February 2024"), "{text}");
    }
    let gone = api().await.unwrap();
    assert_eq!(gone.status(), 410);
    assert_eq!(gone.json::<Value>().await.unwrap()["type"], "urn:stoa:problem:archived");
    let listed = json(&app, "partitions list");
    assert_eq!((&listed["archives"][0]["quarter"], &listed["default_rows"]), (&"2024q1".into(), &0.into()), "{listed}");

    brought_back_by_an_admin(&app).await;
    assert_eq!(browser.get("/t/demo/orders/north/A-1").await.status(), 200);
    assert_eq!(api().await.unwrap().status(), 200);
    std::fs::remove_dir_all(std::env::temp_dir().join(&app.test_db.name)).unwrap();
}

// The form says what follows, its answer makes a job, and the job does it.
async fn brought_back_by_an_admin(app: &App) {
    people::create(&app.db, &app.state.passwords, "admin@stoa.test", PASSWORD, true).await.unwrap();
    let admin = Browser::signed_in(&app.base, "admin@stoa.test").await;
    let page = admin.get("/platform/partitions").await.text().await.unwrap();
    assert!(page.contains("Restore: 2024q1"), "{page}");
    let path = "/platform/partitions/2024q1/restore";
    let asks = admin.post(path, &[]).await.text().await.unwrap();
    assert!(asks.contains("Restore partition 2024q1?") && asks.contains("1 order"), "{asks}");
    assert_eq!(admin.post("/platform/partitions/2023q1/restore", &[("go", "1")]).await.status(), 404);
    assert_eq!(admin.post("/platform/partitions/nonsense/restore", &[("go", "1")]).await.status(), 404);
    for word in ["asked", "waits"] {
        let answer = admin.post(path, &[("go", "1")]).await;
        assert!(crate::browser::location(&answer).ends_with(word));
    }
    assert_eq!(json(app, "partitions list")["archives"][0]["state"], "dropped", "a job does it");
    let mut worker = command(app, "worker").env("STOA_SECRET", "a secret of thirty-two characters").spawn().unwrap();
    let restored = async || (json(app, "partitions list")["archives"][0]["state"] == "restored").then_some(());
    testing::eventually("it is restored", restored).await;
    worker.kill().unwrap();
    worker.wait().unwrap();
    assert_eq!(admin.post(path, &[("go", "1")]).await.status(), 404, "nothing is away any more");
}
