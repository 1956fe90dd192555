//! Webhooks from their page to their end, without scripts.

use db::platform::{NewTier, Platform};
use db::webhooks::{Begun, Reply, begin, finish};
use domain::ids::WebhookId;
use domain::limits::{Limit, Terms};
use domain::page::Limit as Rows;
use domain::permission::Permission;
use domain::webhooks::{DeliveryQuery, Secret};

use crate::browser::{Browser, location, tenant_with_owner};
use crate::harness::App;
use crate::second_step::texts;

const WEBHOOKS: &str = "/t/demo/settings/webhooks";
const HERE: &str = "https://1.1.1.1/stoa";
const HOSTILE: &str = "<script>alert('x')</script>\"><b>";

async fn html(response: reqwest::Response, status: u16) -> String {
    assert_eq!(response.status(), status);
    response.text().await.unwrap()
}

async fn make(owner: &Browser, form: &[(&str, &str)]) -> String {
    let page = html(owner.post(WEBHOOKS, form).await, 200).await;
    texts(&page, "code.once").remove(0)
}

async fn scope(app: &App) -> db::Scope {
    Platform::command(app.db.clone()).enter("demo").await.unwrap().scope(Permission::ManageKeys).unwrap()
}

async fn only(app: &App) -> WebhookId {
    db::webhooks::list(&scope(app).await).await.unwrap()[0].id
}

#[tokio::test]
async fn a_webhook_is_made_changed_and_deleted_and_its_secret_shown_once() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    let empty = html(owner.get(WEBHOOKS).await, 200).await;
    assert!(empty.contains("No webhooks yet") && empty.contains("events to another app"), "{empty}");
    let secret =
        make(&owner, &[("url", HERE), ("description", HOSTILE), ("kinds", "order.placed"), ("store", "north")]).await;
    assert!(secret.parse::<Secret>().is_ok(), "{secret}");
    let listed = html(owner.get(WEBHOOKS).await, 200).await;
    assert!(!listed.contains(&secret) && !listed.contains(HOSTILE) && listed.contains("order.placed"), "{listed}");
    let one = format!("{WEBHOOKS}/{}", only(&app).await);
    let page = html(owner.get(&one).await, 200).await;
    assert!(page.contains("No deliveries yet") && page.contains("Active") && !page.contains(&secret), "{page}");

    let edit = html(owner.get(&format!("{one}/edit")).await, 200).await;
    assert!(edit.contains(HERE) && edit.contains("value=\"order.placed\" checked"), "{edit}");
    let faulty = owner.post(&format!("{one}/edit"), &[("url", "https://10.0.0.1/"), ("description", "Kept")]).await;
    let faulty = html(faulty, 422).await;
    assert!(faulty.contains("Enter a public URL that begins with https://"), "{faulty}");
    assert!(faulty.contains("value=\"https://10.0.0.1/\"") && faulty.contains("value=\"Kept\""), "{faulty}");
    let saved = owner.post(&format!("{one}/edit"), &[("url", "https://1.0.0.1/books")]).await;
    assert_eq!(location(&saved), format!("{one}?done=saved"));
    let page = html(owner.get(&one).await, 200).await;
    assert!(page.contains("https://1.0.0.1/books") && page.contains("All events"), "{page}");

    assert_eq!(location(&owner.post(&format!("{one}/pause"), &[]).await), format!("{one}?done=paused"));
    html(owner.post(&format!("{one}/pause"), &[]).await, 409).await;
    let faulty = html(owner.post(&format!("{one}/resume"), &[("from", "yesterday")]).await, 422).await;
    assert!(faulty.contains("Choose where to resume"), "{faulty}");
    assert_eq!(
        location(&owner.post(&format!("{one}/resume"), &[("from", "now")]).await),
        format!("{one}?done=resumed")
    );
    let rotated = html(owner.post(&format!("{one}/rotate"), &[]).await, 200).await;
    let other = texts(&rotated, "code.once").into_iter().find(|text| text.starts_with("whsec_")).unwrap();
    assert!(other != secret && rotated.contains("Previous secret valid until"), "{rotated}");
    assert!(!html(owner.get(&one).await, 200).await.contains("whsec_"));

    let plan = html(owner.get(&format!("{one}/delete")).await, 200).await;
    assert!(plan.contains("You cannot undo this."), "{plan}");
    assert_eq!(location(&owner.post(&format!("{one}/delete"), &[]).await), format!("{WEBHOOKS}?done=deleted"));
    html(owner.get(&one).await, 404).await;
}

#[tokio::test]
async fn every_fault_stands_beside_its_field_and_nothing_is_made() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    let long = "x".repeat(201);
    let form =
        [("url", "http://1.1.1.1"), ("description", long.as_str()), ("kinds", "moon.rose"), ("store", "nowhere")];
    let page = html(owner.post(WEBHOOKS, &form).await, 422).await;
    for words in [
        "public URL",
        "at most 200 characters",
        "Choose an event",
        "Choose one of your stores",
        "value=\"http://1.1.1.1\"",
    ] {
        let capital = format!("{}{}", words[..1].to_uppercase(), &words[1..]);
        assert!(page.contains(words) || page.contains(&capital), "{words}: {page}");
    }
    for url in [
        "",
        "stoa",
        "https://localhost/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/",
        "ftp://1.1.1.1/",
        "https://me:secret@1.1.1.1/",
    ] {
        let page = html(owner.post(WEBHOOKS, &[("url", url)]).await, 422).await;
        assert!(page.contains("aria-invalid"), "{url}: {page}");
    }
    assert!(db::webhooks::list(&scope(&app).await).await.unwrap().is_empty());

    let mut terms = Terms::default();
    terms.set(Limit::Webhooks, Some(1)).unwrap();
    let platform = Platform::command(app.db.clone());
    platform.create_tier(&NewTier { slug: "one".into(), name: "One".into(), terms }).await.unwrap();
    assert!(platform.put_on_tier("demo", "one").await.unwrap());
    make(&owner, &[("url", HERE)]).await;
    let refused = owner.post(WEBHOOKS, &[("url", HERE)]).await;
    assert!(refused.status().is_client_error());
    assert!(refused.text().await.unwrap().contains("allows 1 webhook"));
    assert_eq!(db::webhooks::list(&scope(&app).await).await.unwrap().len(), 1);
    let usage = html(owner.get("/t/demo/usage").await, 200).await;
    assert!(usage.contains("Webhooks") && usage.contains("You cannot create more webhooks"), "{usage}");
}

#[tokio::test]
async fn the_log_shows_attempts_as_text_and_sends_again() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    make(&owner, &[("url", HERE)]).await;
    let (scope, id) = (scope(&app).await, only(&app).await);
    let one = format!("{WEBHOOKS}/{id}");
    for _ in 0..51 {
        assert_eq!(location(&owner.post(&format!("{one}/test"), &[]).await), format!("{one}?done=tested"));
    }
    let newest =
        db::webhooks::deliveries(&scope, id, &DeliveryQuery::default(), Rows::default()).await.unwrap().rows.remove(0);
    let Begun::Send(call) = begin(&scope, &app.state.sealer, newest.id).await.unwrap() else { panic!("it is due") };
    let reply = Reply { at: scope.now(), ms: 1_250, status: Some(500), answer: HOSTILE.into(), error: None };
    finish(&scope, &call, &reply, 0, |_| Vec::new()).await.unwrap();
    let page = html(owner.get(&one).await, 200).await;
    assert!(page.contains("1 attempt") && page.contains("Status 500") && page.contains("1.2 s"), "{page}");
    assert!(!page.contains(HOSTILE) && page.contains("&lt;script&gt;alert"), "{page}");
    assert_eq!(page.matches("Resend").count(), 50);
    let older = page
        .split("href=\"")
        .map(|part| part.split('"').next().unwrap())
        .find(|href| href.contains("cursor="))
        .unwrap();
    let older = html(owner.get(&older.replace("&amp;", "&")).await, 200).await;
    assert_eq!(older.matches("Resend").count(), 1);
    let failed = html(owner.get(&format!("{one}?state=failed")).await, 200).await;
    assert_eq!(failed.matches("Resend").count(), 1);
    let unknown = html(owner.get(&format!("{one}?state=lost")).await, 200).await;
    assert!(unknown.contains("Ignored: state = lost") && unknown.contains("waiting, delivered or failed"), "{unknown}");
    let again = format!("{one}/deliveries/{}/again", newest.id);
    assert_eq!(location(&owner.post(&again, &[]).await), format!("{one}?done=again"));
    let failed = html(owner.get(&format!("{one}?state=failed")).await, 200).await;
    assert!(failed.contains("No matching deliveries"), "{failed}");
}
