//! A member of some stores sees, finds and changes those only, whoever asked before and whatever is kept.

use std::time::Duration;

use db::testing;
use domain::permission::{Permission, Role};
use serde_json::json;

use crate::api_client::{World, order};
use crate::browser::{Browser, person};

async fn in_north(world: &World, email: &str) -> Browser {
    let app = &world.app;
    let id = person(app, email).await;
    db::people::set_role(&world.demo, id, Role::Manager).await.unwrap();
    let scope = world.demo.scope(Permission::ManagePeople).unwrap();
    let place = db::team::NewPlace { role: "manager".into(), stores: Some(vec!["north".into()]) };
    db::team::change(&scope, id, &place).await.unwrap();
    Browser::signed_in(&app.base, email).await
}

#[tokio::test]
async fn orders_figures_and_imports_of_other_stores_do_not_exist() {
    let world = World::new().await;
    let program = world.client(&world.demo).await;
    program.place("", &order("N-1", 1)).await;
    let mut south = order("S-1", 1);
    south["store"] = json!("south");
    south["currency"] = json!("EUR");
    let placed = program.place("", &south).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    let owner = person(&world.app, "owner@demo.test").await;
    db::people::set_role(&world.demo, owner, Role::Owner).await.unwrap();
    let owner = Browser::signed_in(&world.app.base, "owner@demo.test").await;
    let ana = in_north(&world, "ana@demo.test").await;
    // The owner first: what is kept of their pages must not be shown to her.
    for path in ["/t/demo?from=2026-03-01&to=2026-03-02", "/t/demo/orders", "/t/demo/orders?q=S-1"] {
        let all = owner.get(path).await.text().await.unwrap();
        assert!(all.contains("S-1") && all.contains('€'), "{path}: {all}");
        let hers = ana.get(path).await;
        assert_eq!(hers.status(), 200, "{path}");
        let hers = hers.text().await.unwrap();
        assert!(
            !hers.contains("/S-1\"") && !hers.contains("/south/") && !hers.contains("EUR") && !hers.contains("€"),
            "{path}: {hers}"
        );
    }
    assert!(ana.get("/t/demo/orders?q=N-1").await.text().await.unwrap().contains("/orders/north/N-1"));
    for path in ["/t/demo/orders/south/S-1", "/t/demo/orders/south/S-1/cancel"] {
        assert_eq!(ana.get(path).await.status(), 404, "{path}");
    }
    // A store out of reach is ignored like one that does not exist.
    for path in ["/t/demo/orders?store=south", "/t/demo?store=south"] {
        let answer = ana.get(path).await;
        assert_eq!(answer.status(), 200, "{path}");
        let html = answer.text().await.unwrap();
        assert!(html.contains("Ignored: store = south"), "{path}: {html}");
        assert!(!html.contains("/S-1\"") && !html.contains("/south/") && !html.contains('€'), "{path}: {html}");
    }
    assert_eq!(ana.post("/t/demo/orders/south/S-1/cancel", &[("reason", "x")]).await.status(), 404);
    assert_eq!(ana.post("/t/demo/orders/south/S-1/refund", &[("extent", "full")]).await.status(), 404);
    assert_eq!(owner.get("/t/demo/orders/south/S-1").await.status(), 200);
    // A manager, but of nothing that belongs to the whole account.
    for path in ["/t/demo/backups", "/t/demo/settings/jobs", "/t/demo/settings/keys", "/t/demo/team"] {
        assert_eq!(ana.get(path).await.status(), 403, "{path}");
    }
    assert_eq!(ana.get("/t/demo/orders/north/N-1").await.status(), 200);
}

#[tokio::test]
async fn imports_of_other_stores_are_neither_listed_nor_opened_nor_begun() {
    let world = World::new().await;
    let scope = world.demo.scope(Permission::RunImports).unwrap();
    let tx = scope.begin().await.unwrap();
    let stores = db::stores::list(&tx).await.unwrap();
    drop(tx);
    let mut runs = Vec::new();
    for store in &stores {
        let new = db::imports::NewRun {
            store,
            format: domain::imports::Format::OrdersCsv,
            file_name: &format!("{}.csv", store.slug),
            file_path: "nowhere",
            file_size: 1,
            file_hash: store.slug.as_bytes(),
            mode: Default::default(),
            begin: db::imports::Begin::Here,
        };
        let db::imports::Created::New(run) = db::imports::create(&scope, new).await.unwrap() else { panic!() };
        runs.push(run);
    }
    let ana = in_north(&world, "ana@demo.test").await;
    let list = ana.get("/t/demo/imports").await.text().await.unwrap();
    assert!(list.contains("north.csv") && !list.contains("south.csv"), "{list}");
    for run in runs {
        let status = if run.store == "north" { 200 } else { 404 };
        assert_eq!(ana.get(&format!("/t/demo/imports/{}", run.id)).await.status(), status, "{}", run.store);
        let start = ana.post(&format!("/t/demo/imports/{}/start", run.id), &[]).await.status().as_u16();
        assert_eq!(start == 404, run.store != "north", "{start}");
    }
}

#[tokio::test]
async fn exports_and_searches_of_the_api_are_held_to_a_keys_store() {
    let world = World::new().await;
    let all = world.client(&world.demo).await;
    all.place("", &order("N-1", 1)).await;
    let mut south = order("S-1", 1);
    south["store"] = json!("south");
    south["currency"] = json!("EUR");
    let id = all.place("", &south).await.json()["id"].as_str().unwrap().to_owned();
    let north = world.client_with(&world.demo, &domain::permission::KeyScope::ALL, Some(&world.north)).await;
    assert_eq!(north.get(&format!("/api/v1/orders/{id}")).await.status, 404);
    let listed = north.get("/api/v1/orders").await.json();
    assert_eq!(listed["orders"].as_array().unwrap().len(), 1);
    let report = "/api/v1/reports/sales?from=2026-01-01&to=2026-12-31";
    assert_eq!(all.get(report).await.status, north.get(report).await.status);
    assert!(!String::from_utf8_lossy(&north.get(report).await.bytes).contains("EUR"));
}

#[tokio::test]
async fn a_stream_tells_of_those_stores_only() {
    let world = World::new().await;
    let ana = in_north(&world, "ana@demo.test").await;
    let program = world.client(&world.demo).await;
    let begin = testing::head(&world.demo).await;
    let answer = ana.http.get(format!("{}/t/demo/events?after={begin}", world.app.base)).send().await.unwrap();
    let mut stream = crate::events::Stream::of(answer);
    let mut south = order("S-1", 1);
    south["store"] = json!("south");
    south["currency"] = json!("EUR");
    program.place("", &south).await;
    program.place("", &order("N-1", 1)).await;
    let event = tokio::time::timeout(Duration::from_secs(5), stream.event()).await.unwrap().unwrap();
    assert_eq!(event.data["number"], "N-1");
}
