//! The platform's own pages: who finds them, what they say, and what may be done there.

use db::platform::Platform;
use db::queue::{NewJob, enqueue, timetable};
use db::{Access, Clock, people};
use domain::ids::JobId;
use domain::permission::{Permission, Role};
use serde_json::json;

use crate::browser::{Browser, PASSWORD, location, person, tenant_with_owner};
use crate::harness::App;
use crate::tenancy::described;

const PAGES: [&str; 9] = [
    "/platform",
    "/platform/tenants",
    "/platform/jobs",
    "/platform/jobs/list",
    "/platform/jobs/list?state=ended",
    "/platform/backups",
    "/platform/partitions",
    "/platform/performance",
    "/platform/cache",
];
const FORMS: [&str; 4] = [
    "/platform/jobs/change",
    "/platform/jobs/queues/default/pause",
    "/platform/jobs/timetable/prune-job-runs/run",
    "/platform/partitions/maintain",
];

async fn admin(app: &App) -> Browser {
    people::create(&app.db, &app.state.passwords, "admin@stoa.test", PASSWORD, true).await.unwrap();
    Browser::signed_in(&app.base, "admin@stoa.test").await
}

async fn add(access: &Access, kind: &'static str, key: &str) -> JobId {
    let tx = access.scope(Permission::RunImports).unwrap().begin().await.unwrap();
    let job = NewJob { key: Some(key.to_owned()), ..NewJob::new(kind, json!({"about": key})) };
    let id = enqueue(&tx, &job).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    id
}

async fn body(answer: reqwest::Response) -> String {
    answer.text().await.unwrap()
}

#[tokio::test]
async fn the_platform_exists_for_its_admins_alone() {
    let app = App::new().await;
    let access = tenant_with_owner(&app, "demo").await;
    let viewer = person(&app, "viewer@demo.test").await;
    people::set_role(&access, viewer, Role::Viewer).await.unwrap();
    let admin = admin(&app).await;
    for page in PAGES {
        let answer = admin.get(page).await;
        assert_eq!(answer.status(), 200, "{page}");
        let html = body(answer).await;
        assert!(html.contains("class=\"frame platform\"") && html.contains("aria-current=\"page\""), "{page}");
    }
    for email in ["owner@demo.test", "viewer@demo.test"] {
        let browser = Browser::signed_in(&app.base, email).await;
        let nothing = described(browser.get("/nothing/here").await).await;
        assert!(nothing.starts_with("404"), "{nothing}");
        for page in PAGES {
            assert_eq!(described(browser.get(page).await).await, nothing, "{email} {page}");
        }
        for form in FORMS {
            assert_eq!(described(browser.post(form, &[("reason", "x")]).await).await, nothing, "{email} POST {form}");
        }
    }
    let stranger = Browser::new(&app.base);
    for page in PAGES {
        assert_eq!(stranger.get(page).await.status(), 303, "{page}");
    }
    // What is hidden from others is there.
    timetable::sync(&Platform::command(app.db.clone()), &jobs::schedule::entries()).await.unwrap();
    for form in FORMS {
        assert_ne!(admin.post(form, &[]).await.status(), 404, "{form}");
    }
}

#[tokio::test]
async fn no_room_of_the_rail_is_a_dead_end() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    let (admin, owner) = (admin(&app).await, Browser::signed_in(&app.base, "owner@demo.test").await);
    for (browser, home, least) in [(&admin, "/platform", 5), (&owner, "/t/demo", 5)] {
        let html = body(browser.get(home).await).await;
        let rail = html.split("class=\"rail\"").nth(1).unwrap().split("</nav>").next().unwrap();
        let rooms: Vec<&str> = rail.split("href=\"").skip(1).filter_map(|part| part.split('"').next()).collect();
        assert!(rooms.len() > least, "{rooms:?}");
        for room in rooms {
            assert_eq!(browser.get(room).await.status(), 200, "{room}");
        }
    }
}

#[tokio::test]
async fn filters_that_make_no_sense_are_ignored_and_said_to_be() {
    let app = App::new().await;
    let access = tenant_with_owner(&app, "demo").await;
    add(&access, "say_hello", "one").await;
    let admin = admin(&app).await;
    let answer = admin.get("/platform/jobs/list?state=gone&tenant=nobody&from=yesterday&kind=say_hello").await;
    assert_eq!(answer.status(), 200);
    let html = body(answer).await;
    for ignored in ["state = gone", "tenant = nobody", "from = yesterday"] {
        assert!(html.contains(&format!("Ignored: {ignored}")), "{ignored}: {html}");
    }
    assert!(html.contains("Enter a date such as 2026-03-01.") && html.contains("value=\"say_hello\""), "{html}");
    for bad in ["/platform/backups?kind=half", "/platform/backups?cursor=x", "/platform/jobs/list?cursor=x"] {
        let answer = admin.get(bad).await;
        assert_eq!(answer.status(), 200, "{bad}");
        assert!(body(answer).await.contains("Ignored: "), "{bad}");
    }
    for missing in [
        "/platform/jobs/x",
        "/platform/jobs/0199d0c2-6f0e-7cc3-98c4-dc0c0c07398f",
        "/platform/jobs/0199d0c2-6f0e-7cc3-98c4-dc0c0c07398f?tenant=nobody",
    ] {
        assert_eq!(admin.get(missing).await.status(), 404, "{missing}");
    }
    let answer = admin.post("/platform/jobs/change", &[("action", "eat"), ("state", "ready"), ("job", "x")]).await;
    assert_eq!(answer.status(), 422);
}

#[tokio::test]
async fn jobs_are_called_off_after_a_word_of_how_many_and_why() {
    let app = App::new().await;
    let access = tenant_with_owner(&app, "demo").await;
    let other = tenant_with_owner(&app, "other").await;
    let first = add(&access, "say_hello", "one").await;
    add(&access, "say_hello", "two").await;
    add(&other, "say_hello", "theirs").await;
    let admin = admin(&app).await;
    let list = body(admin.get("/platform/jobs/list?state=ready&tenant=demo").await).await;
    assert_eq!(list.matches("name=\"job\"").count(), 2, "{list}");

    let one = format!("{}/{first}", access.tenant());
    let form = [("state", "ready"), ("which", "chosen"), ("job", one.as_str()), ("action", "cancel")];
    let asked = admin.post("/platform/jobs/change", &form).await;
    assert_eq!(asked.status(), 200);
    assert!(body(asked).await.contains("Cancel 1 job?"));
    let refused = admin.post("/platform/jobs/change", &[&form[..], &[("reason", " ")]].concat()).await;
    assert_eq!(refused.status(), 422);
    assert!(body(refused).await.contains("Enter a reason."));
    let done = admin.post("/platform/jobs/change", &[&form[..], &[("reason", "not wanted")]].concat()).await;
    assert_eq!(done.status(), 303);
    let html = body(admin.get(location(&done)).await).await;
    assert!(html.contains("1 of 1 job cancelled."), "{html}");
    let html = body(admin.get(&format!("/platform/jobs/{first}?tenant=demo")).await).await;
    assert!(html.contains("not wanted") && html.contains("admin@stoa.test") && html.contains("Cancelled"), "{html}");

    let all = [("state", "ready"), ("which", "matching"), ("kind", "say_hello"), ("action", "delete")];
    assert!(body(admin.post("/platform/jobs/change", &all).await).await.contains("Delete 2 jobs?"));
    let done = admin.post("/platform/jobs/change", &[&all[..], &[("reason", "all of it")]].concat()).await;
    assert_eq!(done.status(), 303);
    let counts = db::queue::console::counts(&Platform::command(app.db.clone())).await.unwrap();
    // The letter about the second factor of this admin is of another kind.
    assert_eq!(counts.ready.number(), 1);
    assert!(body(admin.get("/platform/jobs").await).await.contains("all of it"));
}

#[tokio::test]
async fn a_queue_is_paused_and_resumed_with_a_reason() {
    let app = App::new().await;
    let admin = admin(&app).await;
    let page = "/platform/jobs/queues/heavy";
    assert!(body(admin.post(&format!("{page}/pause"), &[]).await).await.contains("Pause queue heavy?"));
    assert_eq!(admin.post(&format!("{page}/pause"), &[("reason", "")]).await.status(), 422);
    let done = admin.post(&format!("{page}/pause"), &[("reason", "disk is full")]).await;
    let html = body(admin.get(location(&done)).await).await;
    assert!(html.contains("Queue paused.") && html.contains("disk is full"), "{html}");
    let again = admin.post(&format!("{page}/pause"), &[("reason", "again")]).await;
    assert!(location(&again).ends_with("done=unchanged"));
    let done = admin.post(&format!("{page}/resume"), &[("reason", "room again")]).await;
    assert!(location(&done).ends_with("done=resumed"));
    for missing in
        ["/platform/jobs/queues/light/pause", "/platform/jobs/queues/heavy/eat", "/platform/jobs/locks/x/break"]
    {
        assert_eq!(admin.post(missing, &[("reason", "x")]).await.status(), 404, "{missing}");
    }
}

#[tokio::test]
async fn a_tenant_sees_its_own_jobs_and_changes_none() {
    let app = App::new().await;
    let access = tenant_with_owner(&app, "demo").await;
    let other = tenant_with_owner(&app, "other").await;
    let viewer = person(&app, "viewer@demo.test").await;
    people::set_role(&access, viewer, Role::Viewer).await.unwrap();
    let ours = add(&access, "say_hello", "ours").await;
    let theirs = add(&other, "say_hello", "theirs-alone").await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    let html = body(owner.get("/t/demo/settings/jobs?state=ready").await).await;
    assert!(html.contains("Say hello") && !html.contains("theirs-alone"), "{html}");
    assert!(!html.contains("name=\"job\"") && !html.contains("/platform"), "{html}");
    assert_eq!(owner.get(&format!("/t/demo/settings/jobs/{ours}")).await.status(), 200);
    assert_eq!(owner.get(&format!("/t/demo/settings/jobs/{theirs}")).await.status(), 404);
    assert!(body(owner.get("/t/demo/settings/jobs?state=gone").await).await.contains("Ignored: state = gone"));
    let viewer = Browser::signed_in(&app.base, "viewer@demo.test").await;
    assert_eq!(viewer.get("/t/demo/settings/jobs").await.status(), 403);
    assert!(!body(viewer.get("/t/demo").await).await.contains("/settings/jobs"), "no room that cannot be entered");
}

#[tokio::test]
async fn lists_cost_the_same_number_of_statements_whatever_they_hold() {
    let mut counts = Vec::new();
    for number in [2, 45] {
        let app = App::at(Clock::System, &[]).await;
        let access = tenant_with_owner(&app, "demo").await;
        for n in 0..number {
            add(&access, "say_hello", &n.to_string()).await;
        }
        let admin = admin(&app).await;
        let mut cost = Vec::new();
        for page in ["/platform/jobs", "/platform/jobs/list?state=ready", "/platform/backups", "/platform"] {
            // What is known for half a second may just have become old: the cheapest look is the one that counts.
            let mut looks = Vec::new();
            for _ in 0..5 {
                let before = app.db.statements();
                assert_eq!(admin.get(page).await.status(), 200);
                looks.push(app.db.statements() - before);
            }
            cost.push(looks.into_iter().min().unwrap());
        }
        counts.push(cost);
    }
    assert_eq!(counts[0], counts[1]);
}
