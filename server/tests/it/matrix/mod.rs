//! Every route, every method, everybody who may come, and four kinds of ids: the answers are those that the table of the
//! routes declares, and what is foreign looks like what is absent.

mod answers;
mod probes;
mod team;
pub mod world;

use domain::permission::{KeyScope, Role};
use reqwest::Method;
use server::auth::Needs;
use server::router;
use server::routes::Declared;

use answers::{Answer, ask};
use world::{Id, Who, World};

const LOGIN: &str = "/login";
// They end sessions, which leads to the sign-in page for its own reason.
const ENDING: [&str; 2] = ["/logout", "/account/sign-out-everywhere"];

// What these are about is not in the address, or takes more than rows; `account` and `partitions` ask for what is there.
const WITHOUT_OWN: [&str; 2] = ["/account/sessions/end", "/platform/partitions/{quarter}/restore"];

// Once somebody who may has done it, the thing is gone; `team`, `keys` and `webhooks` do it.
const ONCE: [&str; 5] = [
    "/t/{tenant}/settings/keys/{id}/revoke",
    "/t/{tenant}/settings/webhooks/{id}/delete",
    "/t/{tenant}/team/invitations/{id}/withdraw",
    "/t/{tenant}/team/members/{id}/remove",
    "/t/{tenant}/team/roles/{id}/delete",
];

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Verdict {
    Through,
    SignIn,
    NoRight,
    NoKey,
    Absent,
}

#[tokio::test]
async fn every_route_answers_every_actor_as_declared() {
    let world = World::new().await;
    let table = router::table(&world.app.state);
    assert!(table.len() > 40, "{table:?}");
    for who in Who::all() {
        let mut door = world.enter(who).await;
        for route in &table {
            check(&world, &door, who, route, &[Id::Own, Id::Foreign, Id::Random, Id::Malformed]).await;
            if ENDING.contains(&route.path.as_str()) {
                door = world.enter(who).await;
            }
        }
    }
}

#[tokio::test]
async fn the_query_layer_alone_hides_foreign_rows() {
    let world = World::new().await;
    world.app.test_db.tear_down_walls().await;
    let keys = KeyScope::ALL.map(Who::Key);
    for who in [Who::Member(Role::Owner), Who::Member(Role::Staff)].into_iter().chain(keys) {
        let door = world.enter(who).await;
        for route in router::table(&world.app.state).iter().filter(|route| has_ids(route)) {
            check(&world, &door, who, route, &[Id::Foreign, Id::Random]).await;
        }
    }
    let theirs = world.enter(Who::OtherOwner).await;
    let order =
        ask(&theirs, &Method::GET, &format!("/t/other/orders/{}/{}", world.other.store, world.other.number)).await;
    assert!(order.body.contains("Obsidian samovar") && !order.body.contains("Cancelled"), "{}", order.body);
}

#[tokio::test]
async fn undeclared_methods_are_refused_alike() {
    let world = World::new().await;
    let table = router::table(&world.app.state);
    let doors = [world.enter(Who::Stranger).await, world.enter(Who::Member(domain::permission::Role::Owner)).await];
    for route in &table {
        let path = world.address(&route.path, "demo", Id::Own);
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            if table.iter().any(|r| r.path == route.path && r.method == method) {
                continue;
            }
            let [stranger, owner] = [&doors[0], &doors[1]].map(|door| ask(door, &method, &path));
            let (stranger, owner) = (stranger.await, owner.await);
            assert_eq!(stranger.status, 405, "{method} {path}");
            assert_eq!(stranger, owner, "{method} {path}");
        }
    }
}

fn has_ids(route: &Declared) -> bool {
    route.path.replace("{tenant}", "").contains('{')
}

async fn check(world: &World, door: &answers::Door, who: Who, route: &Declared, ids: &[Id]) {
    let ids = if has_ids(route) { ids } else { &[Id::Own] };
    let mut absent: Option<Answer> = None;
    // Strangers are sent to the sign-in page all the same.
    let is_there = |id: &Id| {
        !(who != Who::Stranger && WITHOUT_OWN.contains(&route.path.as_str()) && matches!(id, Id::Own | Id::Foreign))
    };
    for id in ids.iter().filter(|id| is_there(id)) {
        if ONCE.contains(&route.path.as_str())
            && route.method == Method::POST
            && answered(route, who, *id) == Some(Verdict::Through)
        {
            continue;
        }
        let path = world.address(&route.path, "demo", *id);
        let about = format!("{who:?} {} {path} ({:?})", route.method, route.needs);
        let answer = ask(door, &route.method, &path).await;
        match answered(route, who, *id) {
            None => assert!(![401, 403].contains(&answer.status) && answer.status < 500, "{about}: {}", answer.status),
            Some(verdict) => {
                assert_eq!(seen(&answer, &route.path), verdict, "{about}: {} {}", answer.status, answer.body)
            }
        }
        if answered(route, who, *id) == Some(Verdict::Absent) {
            let first = absent.get_or_insert_with(|| answer.clone());
            assert_eq!(first, &answer, "{about}");
        }
    }
    // A tenant in which somebody has no role is one that does not exist.
    if let (Needs::Membership | Needs::Member(_), Some(absent)) = (route.needs, absent)
        && !matches!(who, Who::Member(_))
    {
        let path = world.address(&route.path, "missing", Id::Own);
        assert_eq!(ask(door, &route.method, &path).await, absent, "{who:?} {path}");
    }
}

// The way back from a form leads to the page above it, whatever the form was about.
fn answered(route: &Declared, who: Who, id: Id) -> Option<Verdict> {
    let asked = if route.is_way_back && id != Id::Malformed { Id::Own } else { id };
    expected(route.needs, who, asked)
}

// `None` where everybody is let through and the page may say what it likes.
fn expected(needs: Needs, who: Who, id: Id) -> Option<Verdict> {
    let through = if id == Id::Own { Verdict::Through } else { Verdict::Absent };
    Some(match (needs, who) {
        (Needs::Nothing | Needs::Monitor, _) => return None,
        (Needs::SignedIn, who) if who.is_signed_in() => through,
        (Needs::PlatformAdmin, Who::Admin) if id == Id::Foreign => Verdict::Through,
        (Needs::PlatformAdmin, Who::Admin) => through,
        (Needs::Member(permission), Who::Member(role)) if role.allows(permission) => through,
        (Needs::Membership, Who::Member(_)) => through,
        // What is no text names no tenant either.
        (Needs::Member(_), Who::Member(_)) if id == Id::Malformed => Verdict::Absent,
        (Needs::Member(_), Who::Member(_)) => Verdict::NoRight,
        (Needs::Membership | Needs::Member(_) | Needs::PlatformAdmin, who) if who.is_signed_in() => Verdict::Absent,
        (Needs::SignedIn | Needs::Membership | Needs::Member(_) | Needs::PlatformAdmin, _) => Verdict::SignIn,
        (Needs::Key(scope), Who::Key(mine)) if scope == mine => through,
        (Needs::Key(_), Who::Key(_)) => Verdict::NoRight,
        // To the other tenant's key its own ids are the foreign ones.
        (Needs::Key(_), Who::OtherKey) => match id {
            Id::Own => return None,
            Id::Foreign => Verdict::Through,
            Id::Random | Id::Malformed => Verdict::Absent,
        },
        (Needs::Key(_), _) => Verdict::NoKey,
    })
}

fn seen(answer: &Answer, route: &str) -> Verdict {
    match answer.status {
        401 => Verdict::NoKey,
        403 => Verdict::NoRight,
        404 => Verdict::Absent,
        303 if answer.location().starts_with(&format!("{LOGIN}?next=")) => Verdict::SignIn,
        303 if answer.location().starts_with(LOGIN) && !ENDING.contains(&route) => Verdict::SignIn,
        // Without a session the way back is to the sign-in page, and no session ends.
        303 if answer.location() == LOGIN && !answer.headers.contains("set-cookie") => Verdict::SignIn,
        status => {
            assert!(status < 500 && status != 405, "{route}: {status} {}", answer.body);
            Verdict::Through
        }
    }
}
