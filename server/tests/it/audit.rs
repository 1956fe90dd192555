//! What people and programs do is recorded, shown to those who may see it, and given out harmlessly.

use db::audit::{Entry, entries};
use db::platform::{NewTier, Platform};
use db::{Access, people};
use domain::audit::AuditQuery;
use domain::limits::{Limit, Terms};
use domain::page::Limit as PageLimit;
use domain::permission::{KeyScope, Permission, Role};
use serde_json::json;

use crate::api_client::{World, order};
use crate::browser::{Browser, PASSWORD, person, tenant_with_owner};
use crate::harness::App;
use crate::matrix::world::key;

async fn record(access: &Access) -> Vec<Entry> {
    let scope = access.scope(Permission::ReadAudit).unwrap();
    entries(&scope, &AuditQuery::default(), PageLimit::new(200).unwrap()).await.unwrap().rows
}

// What is recorded beside the answer takes a moment.
async fn wait_for(access: &Access, action: &str, subject: &str) -> Entry {
    let found = async || record(access).await.into_iter().find(|e| e.action == action && e.subject == subject);
    db::testing::eventually(&format!("{action} of {subject} is recorded"), found).await
}

#[tokio::test]
async fn sign_ins_refusals_and_exports_are_recorded_with_who_and_whence() {
    let app = App::new().await;
    let access = tenant_with_owner(&app, "demo").await;
    let viewer = person(&app, "viewer@demo.test").await;
    people::set_role(&access, viewer, Role::Viewer).await.unwrap();
    Browser::new(&app.base).sign_in("owner@demo.test", "a wrong password").await;
    let refused = wait_for(&access, "session.refuse", "owner@demo.test").await;
    assert_eq!((refused.actor.as_str(), refused.address.as_deref()), ("nobody", Some("127.0.0.1")));
    let browser = Browser::signed_in(&app.base, "viewer@demo.test").await;
    wait_for(&access, "session.begin", "viewer@demo.test").await;
    let answer = browser.get("/t/demo/backups?cursor=secret").await;
    assert_eq!(answer.status(), 403);
    let request = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
    let refused = wait_for(&access, "access.refuse", "GET /t/demo/backups").await;
    assert_eq!((refused.actor, refused.request_id), (format!("user:{viewer}"), Some(request)));
    assert_eq!(refused.after, Some(json!({"needs": "backups.read"})));
    let key = key(&access, &[KeyScope::OrdersRead]).await;
    let reports = app.http().get(format!("{}/api/v1/reports/sales", app.base)).bearer_auth(&key);
    assert_eq!(reports.send().await.unwrap().status(), 403);
    assert!(wait_for(&access, "access.refuse", "GET /api/v1/reports/sales").await.actor.starts_with("key:"));
    browser.post("/logout", &[]).await;
    wait_for(&access, "session.end", "viewer@demo.test").await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    assert_eq!(owner.get("/t/demo/audit/export?via=page").await.status(), 200);
    assert_eq!(wait_for(&access, "audit.export", "tenant").await.after, Some(json!({"filters": "via=page"})));
}

#[tokio::test]
async fn one_request_with_orders_is_one_entry_and_one_without_is_none() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    let taken = async || record(&world.demo).await.into_iter().filter(|e| e.action == "order.place").count();
    // Who has the key, and what the tenant is allowed, is known from the question before.
    client.place("", &serde_json::json!({})).await;
    let statements = world.app.db.statements();
    assert_eq!(client.place("k", &order("A-1", 1)).await.status, 201);
    let cost = world.app.db.statements() - statements;
    assert!(cost <= 14, "{cost} statements for one order");
    assert_eq!(taken().await, 1);
    client.place("k", &order("A-1", 1)).await;
    client.place("", &order("A-1", 1)).await;
    assert_eq!(taken().await, 1, "nothing was stored");
    let batch = json!([order("B-1", 1), order("B-2", 1), order("A-1", 7), {"store": "north"}]);
    assert_eq!(client.post("/api/v1/orders/batch", &[], batch.to_string()).await.status, 200);
    assert_eq!(taken().await, 2);
    let entry = record(&world.demo).await.into_iter().find(|e| e.subject == "batch").unwrap();
    assert_eq!(entry.after, Some(json!({"orders": 2})));
    let walk = db::audit::verify(&world.demo.scope(Permission::ReadAudit).unwrap()).await.unwrap();
    assert_eq!(walk.broken, None);
}

#[tokio::test]
async fn the_page_shows_what_changed_and_the_file_is_harmless() {
    let app = App::new().await;
    let access = tenant_with_owner(&app, "demo").await;
    let hostile = "=HYPERLINK(\"http://evil.test\")<script>alert(1)</script>";
    let tx = access.scope(Permission::ReadAudit).unwrap().begin().await.unwrap();
    let (before, after) = (json!({"name": "North", "currency": "GBP"}), json!({"name": hostile, "currency": "GBP"}));
    db::audit::changed(&tx, "store.set", hostile, before, after).await.unwrap();
    tx.commit().await.unwrap();
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    let html = owner.get("/t/demo/audit?action=store.set").await.text().await.unwrap();
    assert!(html.contains("North</del>") && !html.contains("GBP") && !html.contains("<script>alert"), "{html}");
    let ignored = owner.get("/t/demo/audit?via=pigeon&action=store.set").await;
    assert_eq!(ignored.status(), 200);
    let html = ignored.text().await.unwrap();
    assert!(html.contains("Ignored: via = pigeon") && html.contains("North</del>"), "{html}");
    assert_eq!(owner.get("/t/demo/audit/export?from=x").await.status(), 422);
    let answer = owner.get("/t/demo/audit/export?action=store.set").await;
    assert_eq!(answer.headers()["content-type"], "text/csv; charset=utf-8");
    assert!(answer.headers()["content-disposition"].to_str().unwrap().starts_with("attachment;"));
    let csv = answer.text().await.unwrap();
    assert!(csv.starts_with("time,tenant,number,actor") && csv.contains("\"'=HYPERLINK(\"\"http"), "{csv}");
    assert!(csv.contains("name: North") && !csv.contains(",=HYPERLINK"), "{csv}");
    people::create(&app.db, &app.state.passwords, "admin@stoa.test", PASSWORD, true).await.unwrap();
    let admin = Browser::signed_in(&app.base, "admin@stoa.test").await;
    let html = admin.get("/platform/audit?tenant=demo&action=store").await.text().await.unwrap();
    assert!(html.contains("North</del>") && !html.contains("<script>alert"), "{html}");
    assert!(admin.get("/platform/audit?tenant=demo").await.text().await.unwrap().contains(">Tenant created</a>"));
    let html = admin.get("/platform/audit?tenant=-").await.text().await.unwrap();
    assert!(html.contains(">Tier created</a>"), "{html}");
    let html = admin.get("/platform/audit?tenant=nobody").await.text().await.unwrap();
    assert!(html.contains("Ignored: tenant = nobody") && html.contains(">Tier created</a>"), "{html}");
    assert_eq!(admin.get("/platform/audit/export?tenant=nobody").await.status(), 422);
    let csv = admin.get("/platform/audit/export").await.text().await.unwrap();
    assert!(csv.lines().count() > 4 && csv.contains("audit.export"), "{csv}");
}

#[tokio::test]
async fn a_file_larger_than_the_tier_allows_is_refused_and_had_in_parts() {
    let app = App::new().await;
    let access = tenant_with_owner(&app, "demo").await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    wait_for(&access, "session.begin", "owner@demo.test").await;
    let scope = access.scope(Permission::ReadAudit).unwrap();
    for n in 0..25 {
        let action = if n % 5 == 0 { "test.rare" } else { "test.usual" };
        db::audit::record(&scope, action, &n.to_string(), json!({})).await.unwrap();
    }
    let mut terms = Terms::default();
    terms.set(Limit::ExportRows, Some(10)).unwrap();
    let platform = Platform::command(app.db.clone());
    platform.create_tier(&NewTier { slug: "small".into(), name: "Small".into(), terms }).await.unwrap();
    platform.put_on_tier("demo", "small").await.unwrap();
    for path in ["/t/demo/audit/export", "/t/demo/audit/export?rows=11"] {
        let refused = owner.get(path).await;
        assert_eq!((refused.status().as_u16(), refused.headers().get("content-disposition")), (409, None), "{path}");
        let html = refused.text().await.unwrap();
        for words in
            ["more than 10 rows", "The Small plan allows 10 rows per export", "Nothing was exported", "in parts"]
        {
            assert!(html.contains(words), "{words}: {html}");
        }
    }
    assert!(record(&access).await.iter().all(|entry| entry.action != "audit.export"), "nothing went out");
    assert_eq!(owner.get("/t/demo/audit/export?rows=none").await.status(), 422);
    let few = owner.get("/t/demo/audit/export?action=test.rare").await;
    assert_eq!((few.status().as_u16(), numbers(&few.text().await.unwrap()).len()), (200, 5), "narrowed, it is let out");

    let (mut all, mut parts, mut next) = (Vec::new(), 0, "/t/demo/audit/export".to_owned());
    loop {
        let answer = owner.get(&next).await;
        let status = answer.status();
        let text = answer.text().await.unwrap();
        if status == 200 {
            all.extend(numbers(&text));
            break;
        }
        let links = text.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap().replace("&amp;", "&"));
        let [part, rest] = links.filter(|href| href.contains("/audit/export?")).collect::<Vec<_>>().try_into().unwrap();
        // What is recorded meanwhile, each part among it, moves none of the others.
        let part = numbers(&owner.get(&part).await.text().await.unwrap());
        assert_eq!(part.len(), 10);
        all.extend(part);
        (parts, next) = (parts + 1, rest);
    }
    assert!(parts >= 2, "{parts}");
    all.sort_unstable();
    let last = i64::try_from(all.len()).unwrap();
    assert_eq!(all, (1..=last).collect::<Vec<_>>(), "every row once, and none left out");
}

// The numbers of the entries in a file.
fn numbers(csv: &str) -> Vec<i64> {
    csv.lines().skip(1).map(|line| line.split(',').nth(2).unwrap().parse().unwrap()).collect()
}
