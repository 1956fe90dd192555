//! Whoever impersonates a member changes nothing: every route that writes is asked, and nothing that the database holds
//! is another afterwards.

use domain::permission::Role;
use reqwest::Method;
use scraper::{ElementRef, Html, Selector};
use server::auth::Needs;
use server::router;

use super::{held, last_admin};
use crate::browser::{Browser, PASSWORD};
use crate::matrix::world::{Id, Who, World};

// What an impersonation itself is about, and what belongs to the browser or to nobody.
const OF_IMPERSONATION: [&str; 3] = ["/impersonation/write-access", "/impersonation/end", "/logout"];
// What keeps the time of the admin's own session, counts what was refused, and records it.
const MOVING: [&str; 4] = ["sessions", "audit_entries", "audit_heads", "known_devices"];

async fn impersonating(world: &World) -> Browser {
    let admin = world.enter(Who::Admin).await.0;
    let owner = db::people::find(&world.app.db, "owner@demo.test").await.unwrap().unwrap();
    let form = [("reason", "ticket 7"), ("minutes", "60")];
    assert_eq!(admin.post(&format!("/platform/tenants/demo/impersonation/{owner}"), &form).await.status(), 303);
    admin
}

#[tokio::test]
async fn whoever_impersonates_changes_nothing_by_any_route() {
    let world = World::new().await;
    let admin = impersonating(&world).await;
    let before = held(&world.app).await;
    let forms: [&[(&str, &str)]; 2] = [
        &[],
        &[
            ("go", "1"),
            ("reason", "x"),
            ("name", "Changed"),
            ("hour", "9"),
            ("email", "x@demo.test"),
            ("role", "viewer"),
            ("reach", "all"),
            ("extent", "full"),
            ("password", PASSWORD),
            ("current", PASSWORD),
            ("hours", "1"),
            ("scopes", "orders:read"),
            ("permissions", "orders.read"),
            ("needed", "yes"),
            ("minutes", "30"),
        ],
    ];
    let mut asked = 0;
    for route in router::table(&world.app.state) {
        let is_own = OF_IMPERSONATION.contains(&route.path.as_str());
        // What needs nothing is done in nobody's name: it does not know who asks.
        let is_open = matches!(route.needs, Needs::Nothing | Needs::Key(_) | Needs::Monitor);
        if route.method == Method::GET || is_own || is_open {
            continue;
        }
        for form in forms {
            for id in [Id::Own, Id::Random] {
                let path = world.address(&route.path, "demo", id);
                let status = admin.post(&path, form).await.status().as_u16();
                // To whoever impersonates a member there is no platform.
                let refused = if route.path.starts_with("/platform") { vec![404, 409] } else { vec![409] };
                assert!(refused.contains(&status), "{path}: {status}");
                asked += 1;
            }
        }
    }
    assert!(asked > 100, "{asked}");
    let invitation = world.address("/invitation/{secret}", "demo", Id::Own);
    assert_eq!(admin.post(&invitation, &[("password", PASSWORD)]).await.status(), 403, "joins nothing in their name");
    let mut after = held(&world.app).await;
    let mut before = before;
    for table in MOVING {
        assert!(before.remove(table).is_some() && after.remove(table).is_some(), "{table}");
    }
    assert_eq!(before, after);
}

// Pages that show something beside what can be changed there.
const VIEWS: [&str; 8] = [
    "/t/{tenant}/imports",
    "/t/{tenant}/backups",
    "/t/{tenant}/settings",
    "/t/{tenant}/settings/keys",
    "/t/{tenant}/settings/sso",
    "/t/{tenant}/settings/stores/{store}",
    "/t/{tenant}/settings/webhooks",
    "/t/{tenant}/team",
];

#[tokio::test]
async fn whoever_impersonates_is_offered_nothing_that_would_be_refused() {
    let world = World::new().await;
    let table = router::table(&world.app.state);
    let writes: Vec<String> = table
        .iter()
        .filter(|r| r.method == Method::POST && !VIEWS.contains(&r.path.as_str()))
        .map(|r| world.address(&r.path, "demo", Id::Own))
        .collect();
    // A button may lead back to a page that has the address of a form.
    let pages: Vec<String> = table
        .iter()
        .filter(|r| r.method == Method::GET && !r.is_way_back)
        .map(|r| world.address(&r.path, "demo", Id::Own))
        .collect();
    let owner = world.enter(Who::Member(Role::Owner)).await.0;
    let admin = impersonating(&world).await;
    let (mut seen, mut forms) = (0, 0);
    for route in table.iter().filter(|r| r.method == Method::GET && matches!(r.needs, Needs::Member(_))) {
        let path = world.address(&route.path, "demo", Id::Own);
        if path.ends_with("/events")
            || path.ends_with("/export")
            || path.ends_with("/download")
            || path.ends_with("/sum")
        {
            continue;
        }
        let answer = admin.get(&path).await;
        if answer.status() != 200 {
            continue;
        }
        let html = answer.text().await.unwrap();
        assert!(html.contains("viewing as owner@demo.test"), "{path}");
        for (is_form, offer) in offers(&html) {
            let refused = (writes.contains(&offer) && (is_form || !pages.contains(&offer))) || offer.ends_with("/new");
            assert!(!refused, "{path} offers {offer}");
        }
        seen += 1;
        forms +=
            usize::from(offers(&owner.get(&path).await.text().await.unwrap()).iter().any(|(_, o)| writes.contains(o)));
    }
    assert!(seen > 20 && forms > 8, "{seen} pages, {forms} of which offer the owner something");
    assert_eq!(admin.post("/impersonation/write-access", &[("reason", "fix it")]).await.status(), 303);
    let html = admin.get("/t/demo/settings").await.text().await.unwrap();
    assert!(html.contains("method=\"post\" action=\"/t/demo/settings\""), "with a reason they may: {html}");
}

// Where the forms and buttons of a page lead, but for those that are about the visit or the browser.
// What can be sent, and where buttons lead: whether it is a form, and its address.
fn offers(html: &str) -> Vec<(bool, String)> {
    let page = Html::parse_document(html);
    let select = |what: &str| Selector::parse(what).unwrap();
    let own = ["/impersonation/end", "/impersonation/write-access", "/theme", "/logout"];
    let address = |element: ElementRef<'_>, name: &str| {
        element.value().attr(name).unwrap_or_default().split('?').next().unwrap_or_default().to_owned()
    };
    let forms = select("form[method=post]");
    let mut offers: Vec<_> = page.select(&forms).map(|form| (true, address(form, "action"))).collect();
    offers.extend(page.select(&select("a.btn")).map(|link| (false, address(link, "href"))));
    offers.retain(|(_, offer)| !own.contains(&offer.as_str()));
    for button in page.select(&select("button:not([type=button])")) {
        let in_form = button.ancestors().filter_map(ElementRef::wrap).any(|e| e.value().name() == "form");
        assert!(in_form, "a button without a form: {}", button.html());
    }
    offers
}

#[tokio::test]
async fn an_impersonation_sees_no_other_tenant_and_ends_when_the_admin_signs_out() {
    let world = World::new().await;
    let second = db::people::create(&world.app.db, &world.app.state.passwords, "root@stoa.test", PASSWORD, true);
    let second = second.await.unwrap();
    db::people::set_role(&world.demo.access, second, Role::Owner).await.unwrap();
    let admin = impersonating(&world).await;
    assert_eq!(admin.get("/t/other").await.status(), 404);
    assert_eq!(admin.post("/logout", &[]).await.status(), 303);
    let owner = world.app.test_db.owner(world.demo.access.tenant()).await;
    let open: i64 = sqlx::query_scalar("select count(*) from impersonations where ended_at is null")
        .fetch_one(&owner)
        .await
        .unwrap();
    assert_eq!(open, 0);
    let me = last_admin(&world.app).await;
    let sql = "select distinct actor from audit_entries where tenant_id = $1 and action in ('impersonation.end', 'session.end')";
    let actors: Vec<String> =
        sqlx::query_scalar(sql).bind(world.demo.access.tenant().0).fetch_all(&owner).await.unwrap();
    assert_eq!(actors, [format!("user:{me}")], "nothing is said of the member");
}

// What lets somebody in later: rows by what proves them.
const CREDENTIALS: [&str; 8] = [
    "select encode(secret_hash, 'hex') from api_keys where revoked_at is null and expires_at is null",
    "select encode(secret, 'hex') from webhooks",
    "select encode(token_hash, 'hex') from invitations",
    "select encode(token_hash, 'hex') from account_links",
    "select encode(credential_id, 'hex') from passkeys",
    "select encode(secret, 'hex') from second_factors",
    "select encode(code_hash, 'hex') from recovery_codes",
    "select password_hash from users",
];

async fn credentials(world: &World) -> std::collections::BTreeSet<String> {
    let mut owner = <sqlx::PgConnection as sqlx::Connection>::connect(&world.app.test_db.owner_url).await.unwrap();
    sqlx::query("set app.backup = 'on'").execute(&mut owner).await.unwrap();
    let mut all = std::collections::BTreeSet::new();
    for sql in CREDENTIALS {
        let found: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut owner).await.unwrap();
        all.extend(found);
    }
    all
}

#[tokio::test]
async fn with_write_access_nothing_is_made_that_outlasts_it() {
    let world = World::new().await;
    let admin = impersonating(&world).await;
    assert_eq!(admin.post("/impersonation/write-access", &[("reason", "fix it")]).await.status(), 303);
    let before = credentials(&world).await;
    let form = [
        ("name", "Made"),
        ("scopes", "orders:read"),
        ("url", "https://1.1.1.1/stoa"),
        ("email", "x@else.test"),
        ("role", "viewer"),
        ("reach", "all"),
        ("permissions", "orders.read"),
        ("hours", "24"),
        ("password", PASSWORD),
        ("needed", "no"),
        ("from", "now"),
    ];
    let (mut refused, mut made) = (0, 0);
    for route in router::table(&world.app.state) {
        let ends = ["/logout", "/impersonation/end", "/impersonation/write-access"].contains(&route.path.as_str());
        if route.method != Method::POST
            || ends
            || matches!(route.needs, Needs::Key(_) | Needs::Monitor | Needs::Nothing)
        {
            continue;
        }
        let status = admin.post(&world.address(&route.path, "demo", Id::Own), &form).await.status().as_u16();
        if route.makes_credentials {
            assert_eq!(status, 409, "{}", route.path);
            refused += 1;
        }
        made += i32::from(status == 303);
        let new: Vec<String> = credentials(&world).await.difference(&before).cloned().collect();
        assert!(new.is_empty(), "{} made {new:?}", route.path);
    }
    assert!(refused >= 6 && made > 5, "{refused} refused, {made} done");
}
