//! The search field: what it suggests to whom, and the form that it is without scripts.

use db::people;
use domain::permission::{Permission, Role};
use serde_json::{Value, json};

use crate::api_client::{World, order};
use crate::browser::{Browser, location, person, tenant_with_owner};
use crate::harness::App;

const SEARCH: &str = "/t/demo/fn/search?q=";

async fn suggested(browser: &Browser, text: &str) -> Vec<Value> {
    let answer = browser.get(&format!("{SEARCH}{text}")).await;
    assert_eq!(answer.status(), 200, "{text}");
    assert_eq!(answer.headers()["content-type"], "application/json", "{text}");
    assert_eq!(answer.headers()["cache-control"], "no-store", "{text}");
    answer.json().await.unwrap()
}

fn of<'a>(found: &'a [Value], group: &str) -> Vec<(&'a str, &'a str)> {
    let text = |one: &'a Value, name: &str| one[name].as_str().unwrap();
    let of_group = found.iter().filter(|one| one["group"] == group);
    of_group.map(|one| (text(one, "title"), text(one, "href"))).collect()
}

async fn member(world: &World, email: &str, role: Role) -> Browser {
    let id = person(&world.app, email).await;
    people::set_role(&world.demo, id, role).await.unwrap();
    Browser::signed_in(&world.app.base, email).await
}

async fn world() -> World {
    let world = World::new().await;
    let program = world.client(&world.demo).await;
    let mut new = order("N-1", 1);
    new["customer"] = json!({"email": "ana@example.com", "name": "Ana <b>"});
    assert_eq!(program.place("", &new).await.status, 201);
    world
}

#[tokio::test]
async fn orders_customers_and_pages_are_suggested() {
    let world = world().await;
    let owner = member(&world, "owner@demo.test", Role::Owner).await;
    let found = suggested(&owner, "n-").await;
    assert_eq!(of(&found, "Orders"), [("#N-1", "/t/demo/orders/north/N-1")]);
    assert!(found[0]["detail"].as_str().unwrap().starts_with("Ana <b> · £"), "{found:?}");
    let found = suggested(&owner, "ana").await;
    assert_eq!(of(&found, "Orders").len(), 1);
    assert_eq!(of(&found, "Customers"), [("Ana <b>", "/t/demo/orders?q=ana%40example.com")]);
    assert_eq!(of(&suggested(&owner, "ord").await, "Pages"), [("Orders", "/t/demo/orders")]);
    assert!(of(&suggested(&owner, "a").await, "Pages").contains(&("Audit log", "/t/demo/audit")));
    for nothing in ["", "%20", "no-such-thing", &"x".repeat(201)] {
        assert_eq!(suggested(&owner, nothing).await, Vec::<Value>::new(), "{nothing}");
    }
    assert_eq!(owner.get("/t/demo/fn/search").await.status(), 200);
    assert_eq!(owner.get("/t/demo/fn/search?q=%FF").await.status(), 400);
}

#[tokio::test]
async fn what_a_member_may_not_see_is_not_suggested() {
    let world = world().await;
    let viewer = member(&world, "viewer@demo.test", Role::Viewer).await;
    let pages = suggested(&viewer, "te").await;
    assert_eq!(pages, Vec::<Value>::new(), "the page of the team is not theirs");
    let clerk = person(&world.app, "clerk@demo.test").await;
    let scope = world.demo.scope(Permission::ManagePeople).unwrap();
    let permissions = [Permission::ReadReports].into_iter().collect();
    let role = db::team::create_role(&scope, "Reports", permissions).await.unwrap().to_string();
    people::set_role(&world.demo, clerk, Role::Viewer).await.unwrap();
    let place = db::team::NewPlace { role, stores: None };
    db::team::change(&scope, clerk, &place).await.unwrap();
    let clerk = Browser::signed_in(&world.app.base, "clerk@demo.test").await;
    for text in ["n-1", "ana@example.com", "north"] {
        assert_eq!(suggested(&clerk, text).await, Vec::<Value>::new(), "{text}");
    }
    assert_eq!(of(&suggested(&clerk, "ho").await, "Pages"), [("Home", "/t/demo")]);
    assert_eq!(suggested(&clerk, "ord").await, Vec::<Value>::new());
}

#[tokio::test]
async fn other_tenants_and_strangers_learn_nothing() {
    let world = world().await;
    let there = person(&world.app, "owner@other.test").await;
    people::set_role(&world.other, there, Role::Owner).await.unwrap();
    let there = Browser::signed_in(&world.app.base, "owner@other.test").await;
    for tenant in ["demo", "missing"] {
        assert_eq!(there.get(&format!("/t/{tenant}/fn/search?q=n-1")).await.status(), 404, "{tenant}");
    }
    let own: Vec<Value> = there.get("/t/other/fn/search?q=n-1").await.json().await.unwrap();
    assert_eq!(own, Vec::<Value>::new());
    let stranger = Browser::new(&world.app.base).get(&format!("{SEARCH}n-1")).await;
    assert_eq!(stranger.status(), 303);
    assert!(location(&stranger).starts_with("/login?next="));
    // Only on its own route: the path under which leptos knows it leads nowhere.
    assert_eq!(there.get("/fn/search?q=n-1").await.status(), 404);
}

#[tokio::test]
async fn without_scripts_the_field_is_part_of_a_form() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    let html = owner.get("/t/demo?store=north").await.text().await.unwrap();
    let (_, form) = html.split_once("role=\"search\"").unwrap();
    let (form, _) = form.split_once("</form>").unwrap();
    assert!(form.contains("action=\"/t/demo/orders\"") && form.contains("name=\"q\""), "{form}");
    assert!(form.contains("name=\"store\" value=\"north\""), "{form}");
    // It says nothing of suggestions before there can be any.
    assert!(!form.contains("combobox") && !form.contains("aria-expanded"), "{form}");
}
