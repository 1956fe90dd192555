//! Tenants and tiers as the platform's people change them, and what an account's own people see of it.

use db::people;
use domain::limits::Limit;

use crate::browser::{Browser, PASSWORD, location, tenant_with_owner};
use crate::harness::App;

const PAGES: [&str; 6] = [
    "/platform/tenants",
    "/platform/tenants?q=de&tier=standard&state=active",
    "/platform/tenants/new",
    "/platform/tenants/demo",
    "/platform/tiers",
    "/platform/tiers/standard",
];
const FORMS: [&str; 10] = [
    "/platform/tenants",
    "/platform/tenants/demo/name",
    "/platform/tenants/demo/tier",
    "/platform/tenants/demo/suspend",
    "/platform/tenants/demo/resume",
    "/platform/tenants/demo/delete",
    "/platform/tenants/demo/keep",
    "/platform/tiers",
    "/platform/tiers/standard",
    "/platform/tiers/standard/retire",
];

pub async fn admin(app: &App) -> Browser {
    people::create(&app.db, &app.state.passwords, "admin@stoa.test", PASSWORD, true).await.unwrap();
    Browser::signed_in(&app.base, "admin@stoa.test").await
}

pub async fn body(answer: reqwest::Response) -> String {
    answer.text().await.unwrap()
}

pub async fn shows(browser: &Browser, path: &str, words: &[&str]) {
    let answer = browser.get(path).await;
    assert_eq!(answer.status(), 200, "{path}");
    let html = body(answer).await;
    for words in words {
        assert!(html.contains(words), "{path} does not say {words}: {html}");
    }
}

// A second is promised.
async fn answers_within_a_second(browser: &Browser, path: &str, status: u16) {
    let what = format!("{path} answers {status}");
    db::testing::within_a_second(&what, async || browser.get(path).await.status() == status).await;
}

#[tokio::test]
async fn tenants_and_tiers_exist_for_platform_admins_alone() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    let (admin, owner) = (admin(&app).await, Browser::signed_in(&app.base, "owner@demo.test").await);
    let nothing = crate::tenancy::described(owner.get("/nothing/here").await).await;
    for page in PAGES {
        assert_eq!(admin.get(page).await.status(), 200, "{page}");
        assert_eq!(crate::tenancy::described(owner.get(page).await).await, nothing, "{page}");
    }
    for form in FORMS {
        assert_eq!(
            crate::tenancy::described(owner.post(form, &[("reason", "x"), ("go", "1")]).await).await,
            nothing,
            "{form}"
        );
    }
    for missing in ["/platform/tenants/nobody", "/platform/tiers/nothing"] {
        assert_eq!(admin.get(missing).await.status(), 404, "{missing}");
    }
    assert!(body(admin.get("/platform/tenants?state=gone").await).await.contains("Ignored: state = gone"));
}

#[tokio::test]
async fn a_tenant_is_made_with_its_first_owner() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    let admin = admin(&app).await;
    let bad = [("slug", "Demo"), ("name", " "), ("tier", "none"), ("email", "nobody")];
    let answer = admin.post("/platform/tenants", &bad).await;
    assert_eq!(answer.status(), 422);
    let html = body(answer).await;
    for words in ["value=\"Demo\"", "value=\"nobody\"", "Enter a name.", "There is no tier"] {
        assert!(html.contains(words), "{words}: {html}");
    }
    assert_eq!(html.matches("class=\"fault\"").count(), 4, "{html}");
    let taken = [("slug", "demo"), ("name", "Demo"), ("tier", "standard"), ("email", "new@shop.test")];
    let answer = admin.post("/platform/tenants", &taken).await;
    assert_eq!(answer.status(), 422);
    assert!(body(answer).await.contains("Another tenant uses this slug."));
    assert_eq!(people::find(&app.db, "new@shop.test").await.unwrap(), None, "nothing was changed");

    let good = [("slug", "shop"), ("name", "The <Shop>"), ("tier", "standard"), ("email", "new@shop.test")];
    let answer = admin.post("/platform/tenants", &good).await;
    assert_eq!((answer.status().as_u16(), answer.headers()["cache-control"].to_str().unwrap()), (200, "no-store"));
    let html = body(answer).await;
    let password = html.split("<dd><code>").nth(1).and_then(|rest| rest.split('<').next()).unwrap().to_owned();
    let owner = Browser::new(&app.base);
    assert_eq!(owner.sign_in("new@shop.test", &password).await.status(), 303);
    shows(&owner, "/t/shop", &["The &lt;Shop&gt;"]).await;
    let known = [("slug", "second"), ("name", "Second"), ("tier", "standard"), ("email", "NEW@shop.test")];
    let answer = admin.post("/platform/tenants", &known).await;
    assert_eq!((answer.status().as_u16(), location(&answer)), (303, "/platform/tenants/second?done=made"));
    shows(&admin, "/platform/tenants?q=SEC", &["/platform/tenants/second"]).await;
    let html = body(admin.get("/platform/tenants?q=SEC").await).await;
    assert!(!html.contains("/platform/tenants/demo"), "{html}");
    shows(&admin, "/platform/tenants?q=50%25", &["No matching tenants"]).await;
}

#[tokio::test]
async fn a_tier_says_what_a_change_would_do_before_it_is_done() {
    let app = App::new().await;
    let access = tenant_with_owner(&app, "demo").await;
    db::testing::store(&access, "south", "Europe/London", "GBP").await;
    let admin = admin(&app).await;
    let bad = [("slug", "T"), ("name", ""), ("stores", "many"), ("batch_orders", "2000")];
    let answer = admin.post("/platform/tiers", &bad).await;
    assert_eq!(answer.status(), 422);
    let html = body(answer).await;
    assert_eq!(html.matches("class=\"fault\"").count(), 4, "{html}");
    assert!(html.contains("value=\"many\"") && html.contains("Enter a number from 1 to 1,000"), "{html}");

    let small = [("slug", "small"), ("name", "Small"), ("stores", "1"), ("orders_per_month", "1,000"), ("has", "api")];
    assert_eq!(location(&admin.post("/platform/tiers", &small).await), "/platform/tiers?done=made");
    shows(&admin, "/platform/tiers", &["1,000 orders per month, 1 store, without file imports"]).await;
    shows(&admin, "/platform/tiers/new?from=small", &["name=\"stores\"", "value=\"1000\""]).await;

    // The tenant moves: first what it would do, then it does.
    let asked = admin.post("/platform/tenants/demo/tier", &[("tier", "small")]).await;
    assert_eq!(asked.status(), 200);
    let html = body(asked).await;
    for words in ["Stores: 1 (was no limit).", "The tenant would have 2 stores (limit 1).", "no longer included"] {
        assert!(html.contains(words), "{words}: {html}");
    }
    shows(&admin, "/platform/tenants/demo", &["/platform/tiers/standard"]).await;
    let done = admin.post("/platform/tenants/demo/tier", &[("tier", "small"), ("go", "1")]).await;
    assert_eq!(location(&done), "/platform/tenants/demo?done=moved");
    shows(&admin, "/platform/tenants", &["Over limit"]).await;
    assert_eq!(admin.post("/platform/tenants/demo/tier", &[("tier", "moon")]).await.status(), 422);

    // And the tier itself.
    let more = [("name", "Small"), ("stores", "2"), ("members", "5"), ("has", "api"), ("has", "imports")];
    let html = body(admin.post("/platform/tiers/small", &more).await).await;
    for words in [
        "Stores: 2 (was 1).",
        "Orders per month: no limit (was 1,000).",
        "No tenant would be over a limit.",
        "immediately to 1 tenant",
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
    let plan = async || db::limits::plan(&app.db, access.tenant()).await.unwrap().terms.allowed(Limit::Stores);
    assert_eq!(plan().await, Some(1), "asking changes nothing");
    let done = admin.post("/platform/tiers/small", &[&more[..], &[("go", "1")]].concat()).await;
    assert_eq!(location(&done), "/platform/tiers/small?done=changed");
    assert_eq!(plan().await, Some(2), "and then it counts at once");
    let html =
        body(admin.post("/platform/tiers/small", &[("name", "Small"), ("stores", "1"), ("has", "api")]).await).await;
    assert!(html.contains("(demo): 2 stores (limit 1)."), "{html}");
    assert!(
        body(admin.post("/platform/tiers/small/retire", &[]).await).await.contains("1 tenant is on it and will stay")
    );
    assert_eq!(
        location(&admin.post("/platform/tiers/small/retire", &[("go", "1")]).await),
        "/platform/tiers?done=retired"
    );
    shows(&admin, "/platform/tiers/small", &["Offer tier again"]).await;
}

#[tokio::test]
async fn only_members_read_why_their_tenant_is_suspended() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    tenant_with_owner(&app, "other").await;
    let (admin, owner) = (admin(&app).await, Browser::signed_in(&app.base, "owner@demo.test").await);
    let stranger = Browser::signed_in(&app.base, "owner@other.test").await;
    let nothing = crate::tenancy::described(stranger.get("/nothing/here").await).await;
    assert_eq!(admin.post("/platform/tenants/demo/suspend", &[]).await.status(), 200);
    let refused = admin.post("/platform/tenants/demo/suspend", &[("reason", " ")]).await;
    assert_eq!(refused.status(), 422);
    assert!(body(refused).await.contains("Enter a reason."));
    let done = admin.post("/platform/tenants/demo/suspend", &[("reason", "the bill is <open>")]).await;
    assert_eq!(location(&done), "/platform/tenants/demo?done=suspended");
    answers_within_a_second(&owner, "/t/demo", 403).await;
    for page in ["/t/demo", "/t/demo/orders", "/t/demo/usage"] {
        let answer = owner.get(page).await;
        assert_eq!(answer.status(), 403, "{page}");
        assert!(body(answer).await.contains("The bill is &lt;open&gt;."), "{page}");
        assert_eq!(crate::tenancy::described(stranger.get(page).await).await, nothing, "{page}");
    }
    shows(&admin, "/platform/tenants?state=suspended", &["/platform/tenants/demo"]).await;
    assert_eq!(
        location(&admin.post("/platform/tenants/demo/resume", &[]).await),
        "/platform/tenants/demo?done=resumed"
    );
    answers_within_a_second(&owner, "/t/demo", 200).await;
}

#[tokio::test]
async fn a_deletion_says_its_plan_and_can_be_taken_back() {
    let app = App::with(&[("STOA_DELETE_GRACE_DAYS", "3")]).await;
    let access = tenant_with_owner(&app, "demo").await;
    let (admin, owner) = (admin(&app).await, Browser::signed_in(&app.base, "owner@demo.test").await);
    let asked = admin.post("/platform/tenants/demo/delete", &[]).await;
    let html = body(asked).await;
    for words in ["1 store, 1 member and 0 orders", "After 3 days", "final backup", "btn-danger"] {
        assert!(html.contains(words), "{words}: {html}");
    }
    assert_eq!(owner.get("/t/demo").await.status(), 200, "asking changes nothing");
    let done = admin.post("/platform/tenants/demo/delete", &[("reason", "they moved away")]).await;
    assert_eq!(location(&done), "/platform/tenants/demo?done=leaving");
    answers_within_a_second(&owner, "/t/demo", 403).await;
    shows(&admin, "/platform/tenants/demo", &["Cancel deletion", "will be deleted on"]).await;
    shows(&admin, "/platform/tenants?state=leaving", &["Deletion scheduled"]).await;
    let rows = app.test_db.owner(access.tenant()).await;
    let halves = "select count(*) from jobs where kind = $1 and state = 'ready'";
    let halves: i64 = sqlx::query_scalar(halves).bind(db::backups::JOB).fetch_one(&rows).await.unwrap();
    assert_eq!(halves, 2, "both halves of the export were asked for");
    assert_eq!(admin.post("/platform/tenants/demo/resume", &[]).await.status(), 409);
    assert_eq!(location(&admin.post("/platform/tenants/demo/keep", &[]).await), "/platform/tenants/demo?done=kept");
    assert_eq!(
        location(&admin.post("/platform/tenants/demo/resume", &[]).await),
        "/platform/tenants/demo?done=resumed"
    );
    answers_within_a_second(&owner, "/t/demo", 200).await;
    let sql = "select string_agg(action || ' ' || split_part(actor, ':', 1), ', ' order by at, id) from audit_entries where subject = 'demo'";
    let recorded: String = sqlx::query_scalar(sql).fetch_one(&rows).await.unwrap();
    let expected = "tenant.create command, tenant.delete user, tenant.keep user, tenant.resume user";
    assert_eq!(recorded, expected);
}

#[tokio::test]
async fn the_list_of_tenants_costs_the_same_whatever_it_holds() {
    let app = App::new().await;
    let admin = admin(&app).await;
    let mut costs = Vec::new();
    for numbers in [0..2, 2..60] {
        for n in numbers {
            db::testing::tenant(&app.db, &format!("t{n:02}")).await;
        }
        let mut looks = Vec::new();
        for _ in 0..5 {
            let before = app.db.statements();
            assert_eq!(admin.get("/platform/tenants").await.status(), 200);
            looks.push(app.db.statements() - before);
        }
        costs.push(looks.into_iter().min().unwrap());
    }
    assert_eq!(costs[0], costs[1]);
    let first = body(admin.get("/platform/tenants").await).await;
    assert!(first.contains("t49") && !first.contains("t50") && first.contains("after=t49"), "{first}");
    let second = body(admin.get("/platform/tenants?after=t49").await).await;
    assert!(second.contains("t59") && !second.contains(">t49<"), "{second}");
}
