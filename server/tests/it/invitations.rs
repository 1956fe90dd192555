//! From a letter to membership.

use chrono::TimeDelta;
use db::clock::Clock;

use crate::browser::{Browser, PASSWORD, location, person, tenant_with_owner};
use crate::harness::App;
use crate::letters;
use crate::second_step::texts;

const INVITE: &str = "/t/demo/team/invitations";

async fn invite(owner: &Browser, email: &str, role: &str) -> String {
    let answer = owner.post(INVITE, &[("email", email), ("role", role), ("reach", "all")]).await;
    assert_eq!(answer.status(), 200);
    path(&answer.text().await.unwrap())
}

// Without a mail server the page shows the link itself.
fn path(html: &str) -> String {
    let link = texts(html, "code.once").remove(0);
    format!("/invitation/{}", link.rsplit_once('/').unwrap().1)
}

#[tokio::test]
async fn an_invitation_creates_an_account_and_signs_it_in() {
    let app = App::new().await;
    let demo = tenant_with_owner(&app, "demo").await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    let link = invite(&owner, "ana@demo.test", "staff").await;
    let written = letters::of_tenant(&app, &demo, "link.invitation").await;
    assert_eq!((written.len(), written[0].to.as_str(), written[0].path()), (1, "ana@demo.test", link.clone()));
    let html = owner.get("/t/demo/team").await.text().await.unwrap();
    assert!(html.contains("ana@demo.test") && !html.contains(&link), "the link is shown once");

    let ana = Browser::new(&app.base);
    assert!(ana.get(&link).await.text().await.unwrap().contains("as staff"));
    for (password, words) in
        [("short", "12 characters"), ("ana@demo.test", "easy to guess"), ("1234567890", "breached")]
    {
        let answer = ana.post(&link, &[("name", "Ana"), ("password", password)]).await;
        assert_eq!(answer.status(), 422);
        let html = answer.text().await.unwrap();
        assert!(html.contains(words) && html.contains("value=\"Ana\""), "{password}: {html}");
    }
    assert_eq!(db::people::find(&app.db, "ana@demo.test").await.unwrap(), None);
    let answer = ana.post(&link, &[("name", "Ana"), ("password", PASSWORD)]).await;
    assert_eq!(location(&answer), "/t/demo");
    assert_eq!(ana.get("/t/demo").await.status(), 200);
    assert_eq!(ana.get("/t/demo/team").await.status(), 403);
    for browser in [&ana, &Browser::new(&app.base)] {
        assert_eq!(browser.get(&link).await.status(), 410);
        assert_eq!(browser.post(&link, &[("password", PASSWORD)]).await.status(), 410);
    }
}

#[tokio::test]
async fn an_existing_account_signs_in_before_it_joins_and_no_other_joins() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    tenant_with_owner(&app, "other").await;
    person(&app, "ana@demo.test").await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    let link = invite(&owner, "Ana@demo.test", "viewer").await;
    let ana = Browser::new(&app.base);
    let html = ana.get(&link).await.text().await.unwrap();
    assert!(html.contains(&format!("/login?next={link}")) && !html.contains("name=\"password\""), "{html}");
    assert_eq!(ana.post(&link, &[("password", "another good password")]).await.status(), 200, "nothing happens");
    let thief = Browser::signed_in(&app.base, "owner@other.test").await;
    let refused = thief.post(&link, &[]).await;
    assert_eq!(refused.status(), 409);
    assert_eq!(thief.get("/t/demo").await.status(), 404);
    let form = [("email", "ana@demo.test"), ("password", PASSWORD), ("next", link.as_str())];
    assert_eq!(location(&ana.post("/login", &form).await), link);
    assert_eq!(location(&ana.post(&link, &[]).await), "/t/demo");
    assert_eq!(ana.get("/t/demo/orders").await.status(), 200);
}

#[tokio::test]
async fn links_end_when_they_are_sent_again_withdrawn_or_a_week_old() {
    let start = Clock::System.now();
    let clock = Clock::fixed(start);
    let app = App::at(clock.clone(), &[("STOA_SESSION_IDLE_MINUTES", "20000"), ("STOA_SESSION_HOURS", "400")]).await;
    tenant_with_owner(&app, "demo").await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    let first = invite(&owner, "ana@demo.test", "staff").await;
    let again = owner.post(INVITE, &[("email", "ANA@demo.test"), ("role", "staff"), ("reach", "all")]).await;
    assert_eq!(again.status(), 422);
    assert!(again.text().await.unwrap().contains("already invited"));
    let id = form_id(&owner, "resend").await;
    let second = path(&owner.post(&format!("{INVITE}/{id}/resend"), &[]).await.text().await.unwrap());
    let nobody = Browser::new(&app.base);
    assert_eq!((nobody.get(&first).await.status().as_u16(), nobody.get(&second).await.status().as_u16()), (410, 200));
    clock.set(start + TimeDelta::days(7) - TimeDelta::minutes(1));
    assert_eq!(nobody.get(&second).await.status(), 200);
    clock.set(start + TimeDelta::days(7));
    assert_eq!(nobody.get(&second).await.status(), 410);
    assert!(owner.get("/t/demo/team").await.text().await.unwrap().contains("Expired"));
    let again = [("confirm_password", PASSWORD)];
    let third = path(&owner.post(&format!("{INVITE}/{id}/resend"), &again).await.text().await.unwrap());
    assert_eq!(nobody.get(&third).await.status(), 200);
    assert_eq!(location(&owner.post(&format!("{INVITE}/{id}/withdraw"), &[]).await), "/t/demo/team?done=withdrawn");
    assert_eq!(nobody.get(&third).await.status(), 410);
    assert_eq!(owner.post(&format!("{INVITE}/{id}/withdraw"), &[]).await.status(), 404);
    for broken in ["/invitation/x", "/invitation/%00", &format!("{third}A")] {
        assert_eq!(nobody.get(broken).await.status(), 410, "{broken}");
    }
}

#[tokio::test]
async fn faults_are_named_and_keep_what_was_typed() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    for (form, words) in [
        ([("email", "ana"), ("role", "staff"), ("reach", "all")], "such as ana@example.com"),
        ([("email", "owner@demo.test"), ("role", "staff"), ("reach", "all")], "already a member"),
        ([("email", "ana@demo.test"), ("role", "owner"), ("reach", "all")], "Choose a role"),
        (
            [("email", "ana@demo.test"), ("role", "0199d0c2-6f0e-7cc3-98c4-dc0c0c07398f"), ("reach", "all")],
            "Choose a role",
        ),
        ([("email", "ana@demo.test"), ("role", "staff"), ("reach", "some")], "at least one store"),
    ] {
        let answer = owner.post(INVITE, &form).await;
        assert_eq!(answer.status(), 422, "{form:?}");
        let html = answer.text().await.unwrap();
        assert!(html.contains(words) && html.contains(&format!("value=\"{}\"", form[0].1)), "{form:?}: {html}");
    }
    assert_eq!(owner.get("/t/demo/team").await.text().await.unwrap().matches("/resend").count(), 0);
}

async fn form_id(owner: &Browser, what: &str) -> String {
    let html = owner.get("/t/demo/team").await.text().await.unwrap();
    let (before, _) = html.split_once(&format!("/{what}\"")).unwrap();
    before.rsplit_once('/').unwrap().1.to_owned()
}

#[tokio::test]
async fn an_address_of_an_internationalised_domain_can_be_invited() {
    let app = App::new().await;
    let demo = tenant_with_owner(&app, "demo").await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    let link = invite(&owner, " ana@M\u{fc}ller.test", "staff").await;
    let written = letters::of_tenant(&app, &demo, "link.invitation").await;
    assert_eq!(written[0].to, "ana@xn--mller-kva.test");
    let ana = Browser::new(&app.base);
    let answer = ana.post(&link, &[("name", "Ana"), ("password", PASSWORD)]).await;
    assert_eq!(location(&answer), "/t/demo");
    assert!(db::people::find(&app.db, "ana@xn--mller-kva.test").await.unwrap().is_some());
}
