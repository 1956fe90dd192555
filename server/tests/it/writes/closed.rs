//! A tenant that is closed: whatever its members and programs ask for, they are told so, and nothing is changed.

use std::time::{Duration, Instant};

use db::platform::Platform;
use domain::permission::{KeyScope, Role};
use server::auth::Needs;
use server::router;

use super::held;
use crate::browser::{Browser, PASSWORD};
use crate::events::Stream;
use crate::matrix::world::{Id, Who, World, key};

const WHY: &str = "the bill of march was not paid";

#[tokio::test]
async fn every_route_of_a_closed_tenant_says_that_it_is_closed() {
    let world = World::new().await;
    let app = &world.app;
    let owner = world.enter(Who::Member(Role::Owner)).await.0;
    let key = key(&world.demo.access, &KeyScope::ALL).await;
    let events = owner.http.get(format!("{}/t/demo/events", app.base)).send().await.unwrap();
    let mut of_page = Stream::of(events);
    let events = app.http().get(format!("{}/api/v1/events", app.base)).bearer_auth(&key).send().await.unwrap();
    let mut of_program = Stream::of(events);
    for stream in [&mut of_page, &mut of_program] {
        assert!(stream.block().await.unwrap().comment);
    }
    assert!(Platform::command(app.db.clone()).suspend("demo", WHY).await.unwrap());
    let closed = Instant::now();
    for stream in [&mut of_page, &mut of_program] {
        while stream.block().await.is_some() {}
    }
    // Five seconds are the promise.
    assert!(closed.elapsed() < Duration::from_secs(5), "streams ended after {:?}", closed.elapsed());
    // A second is promised, and what is written beside the answers is written by then.
    tokio::time::sleep(Duration::from_secs(1)).await;

    let before = held(app).await;
    let mut asked = 0;
    for route in router::table(&app.state) {
        let path = world.address(&route.path, "demo", Id::Own);
        let request = match route.needs {
            Needs::Membership | Needs::Member(_) => {
                owner.http.request(route.method.clone(), format!("{}{path}", app.base))
            }
            Needs::Key(_) => app.http().request(route.method.clone(), format!("{}{path}", app.base)).bearer_auth(&key),
            _ => continue,
        };
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 403, "{} {path}", route.method);
        let text = answer.text().await.unwrap().to_lowercase();
        assert!(text.contains(WHY) && text.contains("suspended"), "{} {path}: {text}", route.method);
        asked += 1;
    }
    assert!(asked > 50, "{asked}");
    let (mut before, mut after) = (before, held(app).await);
    for table in ["sessions", "api_keys"] {
        // When they were last used.
        assert!(before.remove(table).is_some() && after.remove(table).is_some(), "{table}");
    }
    assert_eq!(before, after);
}

#[tokio::test]
async fn members_of_suspended_tenants_can_sign_in_and_use_their_account() {
    let world = World::new().await;
    let app = &world.app;
    Platform::command(app.db.clone()).suspend("demo", WHY).await.unwrap();
    // The link of an invitation opens nothing while it is closed, and does again afterwards.
    let invitation = world.address("/invitation/{secret}", "demo", Id::Own);
    let stranger = Browser::new(&app.base);
    let form = [("name", "Guest"), ("password", PASSWORD)];
    assert_eq!(stranger.post(&invitation, &form).await.status(), 410);
    assert_eq!(db::people::find(&app.db, "guest@demo.test").await.unwrap(), None, "and no account is made");
    let staff = world.enter(Who::Member(Role::Staff)).await.0;
    assert_eq!(crate::browser::location(&staff.get("/").await), "/t/demo");
    let told = staff.get("/t/demo").await;
    assert_eq!(told.status(), 403);
    assert!(told.text().await.unwrap().to_lowercase().contains(WHY));
    // What is theirs alone goes on: the account, the second factor, the second step of signing in.
    assert_eq!(staff.get("/account").await.status(), 200);
    let (_, codes) = crate::second_step::set_up(&staff).await;
    let again = Browser::new(&app.base);
    assert_eq!(again.sign_in("staff@demo.test", PASSWORD).await.status(), 303);
    // One for recovery: it does not depend on the clock of a busy machine.
    assert_eq!(again.post("/login/code", &[("code", &codes[0])]).await.status(), 303);
    assert_eq!(again.get("/t/demo").await.status(), 403);
    assert_eq!(again.get("/account").await.status(), 200);
    assert!(Platform::command(app.db.clone()).resume("demo").await.unwrap());
    db::testing::within_a_second("it is open again", async || again.get("/t/demo").await.status() == 200).await;
    assert_eq!(stranger.post(&invitation, &form).await.status(), 303);
}
