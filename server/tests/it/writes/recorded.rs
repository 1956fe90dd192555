//! What succeeds is in the record: who did it, by which way, in which request, from where.

use domain::permission::{KeyScope, Role};
use serde_json::json;

use super::last_admin;
use super::walk::Walk;
use crate::authenticator::Device;
use crate::browser::{Browser, PASSWORD};
use crate::letters;
use crate::matrix::world::{Who, key};
use crate::passkeys::{self, options};
use crate::second_step::{Phone, texts};
use crate::sso_provider::{CLIENT, Provider, SECRET};

const ORDER: &str = "/t/{tenant}/orders/{store}/{number}";
const NOBODY: &str = "nobody@stoa.test";

// Writes that leave nothing in the record, and why.
const EXEMPT: [(&str, &str); 5] = [
    ("/account/passkeys/new", "a question to a device; what it makes is recorded"),
    ("/login/passkey", "a question to a device; who signs in with its answer is recorded"),
    ("/login/sso", "leads to an address and keeps nothing"),
    ("/theme", "a cookie of the browser; the server keeps nothing of it"),
    ("/platform/partitions/{quarter}/restore", "needs a quarter in an archive: `partitions` brings one back"),
];

#[tokio::test]
async fn every_write_that_succeeds_is_in_the_record() {
    let mut walk = Walk::new().await;
    of_orders_and_settings(&mut walk).await;
    of_keys_and_programs(&mut walk).await;
    of_webhooks(&mut walk).await;
    of_accounts(&mut walk).await;
    of_entries(&mut walk).await;
    of_ways_in(&mut walk).await;
    of_the_platform(&mut walk).await;
    of_its_jobs(&mut walk).await;
    of_impersonation(&mut walk).await;
    of_the_team(&mut walk).await;
    let left: Vec<String> = walk.left().into_iter().filter(|path| EXEMPT.iter().all(|(e, _)| e != path)).collect();
    assert!(left.is_empty(), "nobody looked whether these are recorded: {left:?}");
}

async fn owner(walk: &Walk) -> (Browser, String) {
    (walk.world.enter(Who::Member(Role::Owner)).await.0, walk.person("owner@demo.test").await)
}

async fn of_orders_and_settings(walk: &mut Walk) {
    let (browser, me) = owner(walk).await;
    let (b, me) = (&browser, me.as_str());
    walk.post(b, me, &format!("{ORDER}/refund"), &[("extent", "full"), ("reason", "torn")], "order.refund").await;
    let part = reqwest::multipart::Part::text("number\n").file_name("orders.csv");
    let form = reqwest::multipart::Form::new().text("store", "north").text("format", "orders-csv").part("file", part);
    let request = b.http.post(format!("{}/t/demo/imports", walk.world.app.base)).multipart(form);
    walk.send(request, me, "/t/{tenant}/imports", "import.create").await;
    let owner = walk.world.app.test_db.owner(walk.world.demo.access.tenant()).await;
    sqlx::query("update import_runs set status = 'checked'").execute(&owner).await.unwrap();
    walk.post(b, me, "/t/{tenant}/imports/{id}/start", &[], "import.start").await;
    walk.post(b, me, "/t/{tenant}/backups", &[], "backup.ask").await;
    walk.post(b, me, "/t/{tenant}/settings/backups", &[("hour", "9")], "backup.hour").await;
    walk.post(b, me, "/t/{tenant}/settings", &[("event_days", "30")], "tenant.set").await;
    let store = [("slug", "west"), ("name", "West"), ("time_zone", "Europe/London"), ("currency", "GBP")];
    walk.post(b, me, "/t/{tenant}/settings/stores", &store, "store.create").await;
    let stock = [("sku", "demo-sku"), ("quantity", "3"), ("threshold", "1")];
    walk.post(b, me, "/t/{tenant}/settings/stores/{store}/stock", &stock, "stock.set").await;
    walk.post(b, me, "/t/{tenant}/settings/stores/{store}", &[("name", "Northern")], "store.set").await;
}

async fn of_keys_and_programs(walk: &mut Walk) {
    let (browser, me) = owner(walk).await;
    let (b, me) = (&browser, me.as_str());
    let new = [("name", "till two"), ("scopes", "orders:read")];
    walk.post(b, me, "/t/{tenant}/settings/keys", &new, "api_key.create").await;
    walk.post(b, me, "/t/{tenant}/settings/keys/{id}/rotate", &[("hours", "1")], "api_key.rotate").await;
    walk.post(b, me, "/t/{tenant}/settings/keys/{id}/revoke", &[], "api_key.revoke").await;
    let key = key(&walk.world.demo.access, &KeyScope::ALL).await;
    let order = |number: &str| {
        json!({"store": "north", "number": number, "placed_at": "2026-03-01T10:00:00Z", "currency": "GBP",
            "items": [{"sku": "s", "title": "t", "quantity": 1, "unit_price": 1}]})
    };
    for (path, body) in [("/api/v1/orders", order("W-1")), ("/api/v1/orders/batch", json!([order("W-2")]))] {
        let request = b.http.post(format!("{}{path}", walk.world.app.base)).bearer_auth(&key).json(&body);
        walk.send(request, "key", path, "order.place").await;
    }
    let put = format!("{}/api/v1/orders/north/W-3", walk.world.app.base);
    let request = b.http.put(put).bearer_auth(&key).json(&order("W-3"));
    walk.send(request, "key", "/api/v1/orders/{store}/{number}", "order.place").await;
    for (method, part, body, action) in [
        ("POST", "/payments", json!({"amount": 1}), "order.pay"),
        ("POST", "/fulfilments", json!({}), "order.fulfil"),
        ("POST", "/refunds", json!({}), "order.refund"),
        ("POST", "/notes", json!({"text": "x"}), "order.note"),
        ("PATCH", "", json!({"note": "x"}), "order.edit"),
        ("POST", "/cancellation", json!({}), "order.cancel"),
    ] {
        let mut unpaid = order(&format!("W{part}").replace('/', "-"));
        unpaid["payments"] = if part == "/payments" { json!([]) } else { json!(null) };
        let placed = b.http.post(format!("{}/api/v1/orders", walk.world.app.base)).bearer_auth(&key).json(&unpaid);
        let placed: serde_json::Value = placed.send().await.unwrap().json().await.unwrap();
        let path = format!("{}/api/v1/orders/{}{part}", walk.world.app.base, placed["id"].as_str().unwrap());
        let request = b.http.request(method.parse().unwrap(), path).bearer_auth(&key).json(&body);
        walk.send(request, "key", &format!("/api/v1/orders/{{id}}{part}"), action).await;
    }
    let mut unpaid = order("W-9");
    unpaid["payments"] = json!([]);
    let placed = b.http.post(format!("{}/api/v1/orders", walk.world.app.base)).bearer_auth(&key).json(&unpaid);
    assert_eq!(placed.send().await.unwrap().status(), 201);
    for (step, form, action) in [
        ("pay", &[("kind", "outstanding")], "order.pay"),
        ("fulfil", &[("line_1", "1")], "order.fulfil"),
        ("note", &[("text", "call first")], "order.note"),
        ("edit", &[("note", "left at door")], "order.edit"),
        ("close", &[("closed", "true")], "order.close"),
    ] {
        let route = format!("{ORDER}/{step}");
        let path = walk.world.address(&route, "demo", crate::matrix::world::Id::Own).replace("A-1", "W-9");
        walk.post_to(b, me, &route, &path, form, action).await;
    }
    let hold = walk.world.address(&format!("{ORDER}/hold"), "demo", crate::matrix::world::Id::Own);
    let hold = hold.replace("A-1", "W-1");
    walk.post_to(b, me, &format!("{ORDER}/hold"), &hold, &[("held", "true")], "order.hold").await;
    let cancel = walk.world.address(&format!("{ORDER}/cancel"), "demo", crate::matrix::world::Id::Own);
    let cancel = cancel.replace("A-1", "W-1");
    walk.post_to(b, me, &format!("{ORDER}/cancel"), &cancel, &[("reason", "x")], "order.cancel").await;
}

async fn of_webhooks(walk: &mut Walk) {
    let (browser, me) = owner(walk).await;
    let (b, me) = (&browser, me.as_str());
    const WEBHOOK: &str = "/t/{tenant}/settings/webhooks/{id}";
    // An address that needs no name server.
    let form = [("url", "https://1.1.1.1/stoa"), ("kinds", "order.placed")];
    walk.post(b, me, "/t/{tenant}/settings/webhooks", &form, "webhook.create").await;
    walk.post(b, me, &format!("{WEBHOOK}/edit"), &form, "webhook.change").await;
    walk.post(b, me, &format!("{WEBHOOK}/rotate"), &[], "webhook.rotate").await;
    walk.post(b, me, &format!("{WEBHOOK}/test"), &[], "webhook.test").await;
    walk.post(b, me, &format!("{WEBHOOK}/deliveries/{{delivery}}/again"), &[], "webhook.resend").await;
    walk.post(b, me, &format!("{WEBHOOK}/pause"), &[], "webhook.pause").await;
    walk.post(b, me, &format!("{WEBHOOK}/resume"), &[("from", "now")], "webhook.resume").await;
    walk.post(b, me, &format!("{WEBHOOK}/delete"), &[], "webhook.delete").await;
}

async fn of_accounts(walk: &mut Walk) {
    let base = walk.world.app.base.clone();
    let me = &walk.person(NOBODY).await;
    let b = &Browser::new(&base);
    walk.post(b, me, "/login", &[("email", NOBODY), ("password", PASSWORD)], "session.begin").await;
    walk.post(b, me, "/account/name", &[("name", "No Body")], "account.rename").await;
    walk.post(b, me, "/confirm", &[("confirm_password", PASSWORD)], "session.confirm").await;
    let there = Browser::signed_in(&base, NOBODY).await;
    let html = b.get("/account").await.text().await.unwrap();
    let session = html.split_once("name=\"session\" value=\"").unwrap().1[..64].to_owned();
    walk.post(b, me, "/account/sessions/end", &[("session", &session)], "session.end_one").await;
    assert!(!there.is_signed_in().await);
    let other = "another good password";
    let form = [("current", PASSWORD), ("password", other)];
    walk.post(b, me, "/account/password", &form, "password.change").await;
    let form = [("email", "somebody@stoa.test"), ("email_password", other)];
    walk.post(b, me, "/account/email", &form, "email.ask").await;
    let link = letters::of_platform(&walk.world.app, "link.email").await.remove(0).path();
    walk.post_to(b, me, "/confirm-email/{secret}", &link, &[], "email.change").await;
    let phone = Phone::told_by(b).await;
    let now = walk.world.app.db.clock().now().timestamp();
    walk.post(b, me, "/account/second-factor", &[("code", &phone.at(now)), ("password", other)], "second_factor.on")
        .await;
    walk.post(b, me, "/account/second-factor/codes", &[("renew_password", other)], "second_factor.codes").await;
    walk.post(b, me, "/logout", &[], "session.end").await;
    assert_eq!(b.sign_in("somebody@stoa.test", other).await.status(), 303);
    walk.post(b, me, "/login/code", &[("code", &phone.at(now + 30))], "session.begin").await;
    walk.post(b, me, "/account/second-factor/remove", &[("remove_password", other)], "second_factor.off").await;
    walk.post(b, me, "/account/sign-out-everywhere", &[], "session.end_all").await;
    walk.post(b, "nobody", "/forgot-password", &[("email", "somebody@stoa.test")], "password.ask").await;
    let link = letters::wait_for(&walk.world.app, "link.password", 1).await.remove(0).path();
    walk.post_to(b, me, "/reset-password/{secret}", &link, &[("password", PASSWORD)], "password.reset").await;
}

async fn of_entries(walk: &mut Walk) {
    let (browser, me) = owner(walk).await;
    let invite = [("email", "new@demo.test"), ("role", "viewer"), ("reach", "all")];
    let html = walk.post(&browser, &me, "/t/{tenant}/team/invitations", &invite, "invitation.create").await;
    let link = texts(&html, "code.once").remove(0);
    let path = format!("/invitation/{}", link.rsplit_once('/').unwrap().1);
    let stranger = Browser::new(&walk.world.app.base);
    let answer = stranger.post(&path, &[("name", "New"), ("password", PASSWORD)]).await;
    let id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
    let (found, new) = (walk.recorded(&id).await, walk.person("new@demo.test").await);
    let actions: Vec<&str> = found.iter().map(|e| e.action.as_str()).collect();
    for action in ["account.create", "invitation.accept", "session.begin"] {
        assert!(actions.contains(&action), "{actions:?}");
    }
    assert!(found.iter().all(|e| e.actor == new && e.address.is_some()), "{found:?}");
    walk.walked.insert("/invitation/{secret}".to_owned());
}

async fn of_ways_in(walk: &mut Walk) {
    let (browser, me) = owner(walk).await;
    let (b, me) = (&browser, me.as_str());
    let provider = Provider::start().await;
    let form =
        [("issuer", &provider.issuer[..]), ("client_id", CLIENT), ("client_secret", SECRET), ("domains", "demo.test")];
    walk.post(b, me, "/t/{tenant}/settings/sso", &form, "identity.save").await;
    walk.post(b, me, "/t/{tenant}/settings/sso/remove", &[], "identity.remove").await;
    let b = &walk.world.enter(Who::Member(Role::Viewer)).await.0;
    let me = &walk.person("viewer@demo.test").await;
    let new = [("passkey_name", "Laptop"), ("passkey_password", PASSWORD)];
    let asked = options(b.post("/account/passkeys/new", &new).await).await;
    let (mut device, made) = Device::make(&asked, passkeys::ORIGIN, 0);
    walk.post(b, me, "/account/passkeys", &[("credential", &made)], "passkey.add").await;
    let here = Browser::new(&walk.world.app.base);
    let asked = options(here.post("/login/passkey", &[]).await).await;
    let answer = device.answer(&asked);
    walk.post(&here, me, "/login/passkey/finish", &[("credential", &answer)], "session.begin").await;
    let html = b.get("/account").await.text().await.unwrap();
    let id = &html.split("name=\"passkey\" value=\"").nth(1).unwrap()[..36];
    let form = [("passkey", id), ("password", PASSWORD)];
    walk.post(b, me, "/account/passkeys/remove", &form, "passkey.remove").await;
}

async fn of_the_platform(walk: &mut Walk) {
    let admin = walk.world.enter(Who::Admin).await.0;
    let me = format!("user:{}", last_admin(&walk.world.app).await);
    let (b, me) = (&admin, me.as_str());
    let nobody = db::people::find(&walk.world.app.db, "member@demo.test").await.unwrap().unwrap();
    let owner = walk.world.app.test_db.owner(walk.world.demo.access.tenant()).await;
    sqlx::query("update users set email_proven_at = null where id = $1").bind(nobody.0).execute(&owner).await.unwrap();
    walk.post(b, me, "/platform/tenants/{slug}/members/{member}/vouch", &[], "email.vouch").await;
    walk.post(b, me, "/platform/tiers", &[("slug", "small"), ("name", "Small")], "tier.create").await;
    let form = [("name", "Smaller"), ("go", "1")];
    walk.post_to(b, me, "/platform/tiers/{slug}", "/platform/tiers/small", &form, "tier.change").await;
    let new = [("slug", "third"), ("name", "Third"), ("tier", "standard"), ("email", "owner@third.test")];
    walk.post(b, me, "/platform/tenants", &new, "tenant.create").await;
    let steps: [(&str, super::walk::Form<'_>, &str); 6] = [
        ("name", &[("name", "The third")], "tenant.rename"),
        ("tier", &[("tier", "small"), ("go", "1")], "tenant.tier"),
        ("suspend", &[("reason", "unpaid")], "tenant.suspend"),
        ("resume", &[], "tenant.resume"),
        ("delete", &[("reason", "gone")], "tenant.delete"),
        ("keep", &[], "tenant.keep"),
    ];
    for (verb, form, action) in steps {
        let (route, path) = (format!("/platform/tenants/{{slug}}/{verb}"), format!("/platform/tenants/third/{verb}"));
        walk.post_to(b, me, &route, &path, form, action).await;
    }
    for (verb, form, action) in [("retire", &[("go", "1")][..], "tier.retire"), ("offer", &[], "tier.offer")] {
        let (route, path) = (format!("/platform/tiers/{{slug}}/{verb}"), format!("/platform/tiers/small/{verb}"));
        walk.post_to(b, me, &route, &path, form, action).await;
    }
    walk.post(b, me, "/platform/backups", &[], "backup.ask").await;
    walk.post(b, me, "/platform/partitions/maintain", &[("go", "1")], "partitions.maintain").await;
}

async fn of_its_jobs(walk: &mut Walk) {
    let admin = walk.world.enter(Who::Admin).await.0;
    let me = format!("user:{}", last_admin(&walk.world.app).await);
    let (b, me) = (&admin, me.as_str());
    let job = format!("{}/{}", walk.world.demo.access.tenant(), walk.world.demo.job);
    let form = [("action", "cancel"), ("state", "ready"), ("which", "chosen"), ("job", &job), ("reason", "x")];
    walk.post(b, me, "/platform/jobs/change", &form, "jobs.cancel").await;
    let why = [("reason", "x")];
    walk.post(b, me, "/platform/jobs/queues/{name}/{verb}", &why, "jobs.pause").await;
    walk.post(b, me, "/platform/jobs/timetable/{name}/{verb}", &why, "jobs.disable").await;
    walk.post(b, me, "/platform/jobs/locks/{name}/break", &why, "jobs.break_lock").await;
}

async fn of_impersonation(walk: &mut Walk) {
    let admin = walk.world.enter(Who::Admin).await.0;
    let me = format!("user:{}", last_admin(&walk.world.app).await);
    let (b, me) = (&admin, me.as_str());
    let form = [("reason", "ticket 7"), ("minutes", "30")];
    walk.post(b, me, "/platform/tenants/{slug}/impersonation/{member}", &form, "impersonation.begin").await;
    let refused = b.post("/t/demo/backups", &[]).await;
    let found = walk.recorded(refused.headers()["x-request-id"].to_str().unwrap()).await;
    assert!(found.iter().any(|e| (e.action.as_str(), e.actor.as_str()) == ("access.refuse", me)), "{found:?}");
    walk.post(b, me, "/impersonation/write-access", &[("reason", "fix it")], "impersonation.raise").await;
    walk.post(b, me, "/impersonation/end", &[], "impersonation.end").await;
    let both = [walk.world.demo.access.tenant(), db::platform::PlatformTx::NIL].into();
    for action in ["impersonation.begin", "impersonation.raise", "impersonation.end"] {
        assert_eq!(walk.tenants_with(action).await, both, "{action} stands in both records");
    }
}

async fn of_the_team(walk: &mut Walk) {
    let (browser, me) = owner(walk).await;
    let (b, me) = (&browser, me.as_str());
    walk.post(b, me, "/t/{tenant}/team/invitations/{id}/resend", &[], "invitation.resend").await;
    walk.post(b, me, "/t/{tenant}/team/invitations/{id}/withdraw", &[], "invitation.withdraw").await;
    let role = [("name", "Importer"), ("permissions", "imports.run")];
    walk.post(b, me, "/t/{tenant}/team/roles", &role, "role.create").await;
    let role = [("name", "Packers"), ("permissions", "imports.run")];
    walk.post(b, me, "/t/{tenant}/team/roles/{id}", &role, "role.update").await;
    walk.post(b, me, "/t/{tenant}/team/roles/{id}/delete", &[], "role.delete").await;
    let place = [("role", "viewer"), ("reach", "all")];
    walk.post(b, me, "/t/{tenant}/team/members/{id}", &place, "member.change").await;
    walk.post(b, me, "/t/{tenant}/team/members/{id}/vouch", &[], "member.vouch").await;
    let someone = db::people::find(&walk.world.app.db, "viewer@demo.test").await.unwrap().unwrap();
    let path = format!("/t/demo/team/members/{someone}/remove");
    walk.post_to(b, me, "/t/{tenant}/team/members/{id}/remove", &path, &[], "member.remove").await;
    walk.post(b, me, "/t/{tenant}/team/second-factor", &[("needed", "no")], "team.second_factor").await;
    let form = [("password", PASSWORD)];
    walk.post(b, me, "/t/{tenant}/team/members/{id}/transfer", &form, "owner.transfer").await;
}
