//! What can be done to an order by the forms on its page, and what is refused.

use db::{Access, people, testing};
use domain::permission::{Permission, Role};
use serde_json::{Value, json};

use crate::browser::{Browser, location, person, tenant_with_owner};
use crate::harness::App;

const ORDER: &str = "/t/demo/orders/north/A-1";

/// Three mugs of 10.00 and a tin of 5.00, with 2.00 of carriage and 7.00 of tax: 44.00.
fn body(app: &App, more: &Value) -> Value {
    let mut body = json!({
        "store": "north", "number": "A-1", "placed_at": app.db.clock().now(), "currency": "GBP", "payments": [],
        "shipping": 200, "tax": 700, "customer": {"email": "ada@example.org", "name": "Ada"}, "note": "Fragile",
        "items": [{"sku": "MUG", "title": "Mug", "quantity": 3, "unit_price": 1_000},
            {"sku": "TIN", "title": "Tin", "quantity": 1, "unit_price": 500}],
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

/// A shop with this order, and its owner.
async fn shop(more: Value) -> (App, Browser) {
    let (app, _, owner) = shop_of(more).await;
    (app, owner)
}

async fn shop_of(more: Value) -> (App, Access, Browser) {
    let app = App::new().await;
    let access = tenant_with_owner(&app, "demo").await;
    let scope = access.scope(Permission::WriteOrders).unwrap();
    let store = db::stores::known(&scope).await.unwrap()[0].clone();
    let now = app.db.clock().now();
    let order = domain::orders::new_order::Draft::checked_from_json(&body(&app, &more), now).unwrap().1;
    testing::place_all(&scope, &store, &[order]).await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    (app, access, owner)
}

async fn html(browser: &Browser) -> String {
    browser.get(ORDER).await.text().await.unwrap()
}

// Posts a form that is accepted; the word that says what was done.
async fn done(browser: &Browser, step: &str, form: &[(&str, &str)]) -> String {
    let answer = browser.post(&format!("{ORDER}/{step}"), form).await;
    assert_eq!(answer.status(), 303, "{step} {form:?}");
    location(&answer).strip_prefix(&format!("{ORDER}?done=")).unwrap().to_owned()
}

// Posts a form that is refused, with these words.
async fn refused(browser: &Browser, step: &str, form: &[(&str, &str)], words: &str) {
    let answer = browser.post(&format!("{ORDER}/{step}"), form).await;
    assert_eq!(answer.status(), 422, "{step} {form:?}");
    let html = answer.text().await.unwrap();
    assert!(html.contains(words), "{step} {form:?}: {html}");
}

#[tokio::test]
async fn an_order_is_paid_in_part_and_then_marked_as_paid() {
    let (_app, owner) = shop(json!({})).await;
    assert!(html(&owner).await.contains("Mark as paid"));
    let part = [("kind", "charge"), ("amount", "4.00"), ("method", "cash"), ("reference", "T-1"), ("version", "1")];
    assert_eq!(done(&owner, "pay", &part).await, "paid");
    let page = html(&owner).await;
    assert!(page.contains("Partly paid") && page.contains("cash \u{b7} T-1"), "{page}");
    // The same button pressed twice: the second form was filled in for an order that has changed.
    let twice = owner.post(&format!("{ORDER}/pay"), &part).await;
    assert_eq!(twice.status(), 409);
    assert!(twice.text().await.unwrap().contains("This order was changed by someone else."));
    refused(&owner, "pay", &[("kind", "charge"), ("amount", "40.01")], "more than the amount still to be paid").await;
    refused(&owner, "pay", &[("kind", "charge"), ("amount", "much")], "Enter an amount such as 12.50.").await;
    refused(&owner, "pay", &[("kind", "charge")], "Enter an amount.").await;
    assert_eq!(done(&owner, "pay", &[("kind", "outstanding")]).await, "paid");
    let page = html(&owner).await;
    assert!(page.contains(">Paid</span>") && !page.contains("Mark as paid"), "{page}");
    refused(&owner, "pay", &[("kind", "outstanding")], "This order is already paid.").await;
}

#[tokio::test]
async fn what_was_authorized_is_captured_or_voided() {
    let (_app, owner) = shop(json!({})).await;
    assert_eq!(done(&owner, "pay", &[("kind", "authorization"), ("amount", "44")]).await, "paid");
    let page = html(&owner).await;
    assert!(page.contains("Capture £44.00") && page.contains("Void authorization"), "{page}");
    assert_eq!(done(&owner, "pay", &[("kind", "capture"), ("amount", "40.00")]).await, "paid");
    assert_eq!(done(&owner, "pay", &[("kind", "void")]).await, "paid");
    refused(&owner, "pay", &[("kind", "void")], "No payment of this order is authorized.").await;
    refused(&owner, "pay", &[("kind", "refund"), ("amount", "1")], "Record a refund instead.").await;
    assert!(html(&owner).await.contains("Partly paid"));
}

#[tokio::test]
async fn goods_are_sent_in_parts_with_their_tracking_and_held_in_between() {
    let (_app, owner) = shop(json!({})).await;
    let some = [
        ("line_1", "2"),
        ("line_2", ""),
        ("carrier", "DPD"),
        ("tracking_number", "123"),
        ("tracking_url", "https://example.org/123"),
    ];
    assert_eq!(done(&owner, "fulfil", &some).await, "fulfilled");
    let page = html(&owner).await;
    assert!(page.contains("Partly fulfilled") && page.contains("href=\"https://example.org/123\""), "{page}");
    assert!(page.contains("rel=\"noopener noreferrer\"") && page.contains("2 sent"), "{page}");
    refused(&owner, "fulfil", &[("line_1", "2")], "Enter a quantity of 1 or less.").await;
    refused(&owner, "fulfil", &[("line_1", "0")], "Enter the quantity of at least one item.").await;
    refused(&owner, "fulfil", &[("line_1", "1"), ("tracking_url", "javascript:1")], "Use a link that begins").await;
    assert_eq!(done(&owner, "hold", &[("held", "true")]).await, "held");
    refused(&owner, "hold", &[("held", "true")], "This order is already on hold.").await;
    refused(&owner, "fulfil", &[("line_1", "1")], "This order is on hold.").await;
    assert!(!html(&owner).await.contains("Fulfil items"));
    assert_eq!(done(&owner, "hold", &[("held", "false")]).await, "released");
    assert_eq!(done(&owner, "fulfil", &[("line_1", "1"), ("line_2", "1")]).await, "fulfilled");
    let page = html(&owner).await;
    assert!(page.contains(">Fulfilled</span>") && !page.contains("Cancel order</a>"), "{page}");
    refused(&owner, "cancel", &[("restock", "true")], "already sent").await;
    refused(&owner, "hold", &[("held", "true")], "Everything in this order was already sent.").await;
}

#[tokio::test]
async fn an_order_is_closed_and_opened_again_and_noted() {
    let (_app, owner) = shop(json!({})).await;
    assert_eq!(done(&owner, "close", &[("closed", "true")]).await, "closed");
    assert!(html(&owner).await.contains("Reopen order"));
    refused(&owner, "close", &[("closed", "true")], "This order is already closed.").await;
    assert_eq!(done(&owner, "close", &[("closed", "false")]).await, "reopened");
    assert_eq!(done(&owner, "note", &[("text", "Called <b>twice</b>")]).await, "noted");
    let page = html(&owner).await;
    assert!(page.contains("Called &lt;b&gt;twice&lt;/b&gt;") && page.contains("owner@demo.test"), "{page}");
    refused(&owner, "note", &[("text", " ")], "Enter a note.").await;
    let long = "x".repeat(5_001);
    refused(&owner, "note", &[("text", &long)], "Use at most 5000 characters.").await;
}

#[tokio::test]
async fn money_goes_back_by_line_with_its_tax_by_shipping_and_by_amount() {
    let (_app, owner) = shop(json!({"payments": [{"amount": 4_400}]})).await;
    let page = owner.get(&format!("{ORDER}/refund")).await.text().await.unwrap();
    // 10.00 with a third of 6.00 of tax.
    assert!(page.contains("RefundSum") && page.contains("Shipping to refund, at most £2.00"), "{page}");
    let lines = [("seen", "0"), ("line_1", "1"), ("shipping", "2.00"), ("extent", "lines")];
    assert_eq!(done(&owner, "refund", &lines).await, "refunded");
    let page = html(&owner).await;
    assert!(page.contains("£10.00 items, £2.00 shipping, £2.00 tax"), "{page}");
    refused(&owner, "refund", &lines, "Another refund was recorded on this order.").await;
    refused(&owner, "refund", &[("shipping", "0.01"), ("extent", "lines")], "more than what is left of shipping").await;
    refused(&owner, "refund", &[("amount", "30.01"), ("extent", "amount")], "more than the remaining paid amount")
        .await;
    refused(&owner, "refund", &[("extent", "lines")], "Choose at least one line").await;
    assert_eq!(done(&owner, "refund", &[("amount", "0.50"), ("extent", "amount")]).await, "refunded");
    assert_eq!(done(&owner, "refund", &[("extent", "full")]).await, "refunded");
    assert!(html(&owner).await.contains(">Refunded</span>"));
}

#[tokio::test]
async fn a_viewer_is_refused_and_strangers_find_nothing() {
    const STEPS: [&str; 8] = ["pay", "fulfil", "hold", "close", "note", "edit", "cancel", "refund"];
    let (app, access, owner) = shop_of(json!({})).await;
    let viewer = person(&app, "viewer@demo.test").await;
    people::set_role(&access, viewer, Role::Viewer).await.unwrap();
    tenant_with_owner(&app, "other").await;
    let viewer = Browser::signed_in(&app.base, "viewer@demo.test").await;
    let stranger = Browser::signed_in(&app.base, "owner@other.test").await;
    let page = html(&viewer).await;
    for label in ["Mark as paid", "Fulfil items", ">Hold<", "Close order", "Add note", ">Edit<", "Cancel order"] {
        assert!(!page.contains(label), "{label}: {page}");
    }
    let form = [("kind", "outstanding"), ("line_1", "1"), ("text", "x"), ("closed", "true"), ("held", "true")];
    for step in STEPS {
        let own = format!("{ORDER}/{step}");
        assert_eq!(viewer.post(&own, &form).await.status(), 403, "{step}");
        assert_eq!(stranger.post(&own, &form).await.status(), 404, "{step}");
        assert_eq!(stranger.post(&own.replace("/demo/", "/other/"), &form).await.status(), 404, "{step}");
    }
    let page = html(&owner).await;
    assert!(page.contains(">Unpaid</span>") && page.contains(">To fulfil</span>"), "{page}");
}

#[tokio::test]
async fn an_edit_over_another_one_shows_both_versions_and_loses_nothing() {
    let (_app, owner) = shop(json!({})).await;
    let form = owner.get(&format!("{ORDER}/edit")).await.text().await.unwrap();
    assert!(form.contains("name=\"shown.note\" value=\"Fragile\""), "{form}");
    let theirs =
        [("version", "1"), ("shown.note", "Fragile"), ("note", "Upside down"), ("shown.tags", ""), ("tags", "")];
    assert_eq!(done(&owner, "edit", &theirs).await, "edited");
    let mine = [
        ("version", "1"),
        ("shown.note", "Fragile"),
        ("note", "Handle with care"),
        ("shown.tags", ""),
        ("tags", "gift, late"),
        ("shown.customer.name", "Ada"),
        ("customer.name", "Ada"),
    ];
    let answer = owner.post(&format!("{ORDER}/edit"), &mine).await;
    assert_eq!(answer.status(), 409);
    let page = answer.text().await.unwrap();
    for shown in ["Your version", "Upside down", "Handle with care", "value=\"gift, late\""] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    assert!(page.contains("name=\"version\" value=\"2\""), "{page}");
    assert!(html(&owner).await.contains("Upside down"), "nothing was changed");
    let again = [
        ("version", "2"),
        ("shown.note", "Upside down"),
        ("note", "Handle with care"),
        ("shown.tags", ""),
        ("tags", "gift, late"),
    ];
    assert_eq!(done(&owner, "edit", &again).await, "edited");
    let page = html(&owner).await;
    assert!(page.contains("Handle with care") && page.contains(">gift<") && page.contains(">late<"), "{page}");
}

#[tokio::test]
async fn contact_and_addresses_are_edited_and_faults_stand_at_their_fields() {
    let (_app, owner) = shop(json!({})).await;
    assert_eq!(done(&owner, "edit", &[("note", "Fragile"), ("customer.name", "Ada ")]).await, "unchanged");
    let form = [("customer.email", "ada"), ("shipping_address.city", "York"), ("note", "Changed")];
    let answer = owner.post(&format!("{ORDER}/edit"), &form).await;
    assert_eq!(answer.status(), 422);
    let page = answer.text().await.unwrap();
    assert!(page.contains("Enter an email such as name@example.com.") && page.contains("value=\"York\""), "{page}");
    let form = [
        ("customer.email", "byron@example.org"),
        ("shipping_address.city", "York"),
        ("billing_address.line1", "1 Row"),
    ];
    assert_eq!(done(&owner, "edit", &form).await, "edited");
    let page = html(&owner).await;
    for shown in ["byron@example.org", "York", "1 Row", "email, shipping address, billing address"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
}
