//! Webhooks: what their pages say in each state, and that what receivers answer stays text.

use db::webhooks::Webhook;
use domain::calendar::Tz;
use domain::fields::FieldErrors;
use domain::ids::Uuid;
use domain::webhooks::{DeliveryQuery, Wanted, WebhookState};

use super::fixtures::{HOSTILE, frame, now};
use super::{assert_clean, attributes, texts};
use crate::document::Document;
use crate::frame::Section;
use crate::pages::webhooks::{self, OneWebhook, WebhookForm, WebhookIndex};
use crate::ui::Clock;

fn html(page: Document) -> String {
    let html = page.with_nonce("N");
    assert_clean(&html);
    assert!(!html.contains(HOSTILE), "{html}");
    html
}

fn webhook(state: WebhookState) -> Webhook {
    let is_off = state == WebhookState::Off;
    Webhook {
        maker: Some("o@demo.test".into()),
        is_orphan: false,
        id: Uuid::from_u128(7).into(),
        url: format!("https://receiver.test/{HOSTILE}"),
        description: HOSTILE.into(),
        wanted: Wanted::default(),
        store: None,
        state,
        reason: is_off.then(|| HOSTILE.into()),
        former_until: None,
        failing_since: is_off.then(now),
        last_at: Some(now()),
        last_ok: Some(!is_off),
        behind: 3,
        waiting: 100,
        created_at: now(),
    }
}

fn one(state: WebhookState) -> String {
    html(webhooks::one(&OneWebhook {
        frame: frame(Section::Webhooks),
        webhook: webhook(state),
        made: Some(HOSTILE.into()),
        done: None,
        refused: Some(HOSTILE.into()),
        query: DeliveryQuery::default(),
        typed: Vec::new(),
        faults: FieldErrors::default(),
        page: domain::page::Page { rows: Vec::new(), newer: None, older: None },
        clock: Clock::new(now(), Tz::UTC),
    }))
}

#[test]
fn each_state_says_what_can_be_done() {
    let live = one(WebhookState::Live);
    assert!(live.contains("/pause\"") && !live.contains("/resume\"") && live.contains("100 or more"), "{live}");
    assert!(one(WebhookState::Paused).contains("/resume\""));
    let off = one(WebhookState::Off);
    assert!(off.contains("This webhook is disabled.") && off.contains("/resume\""), "{off}");
}

#[test]
fn the_list_says_how_each_fares_and_what_was_typed_is_kept() {
    let mut index = WebhookIndex {
        frame: frame(Section::Webhooks),
        webhooks: vec![webhook(WebhookState::Live), webhook(WebhookState::Off)],
        form: WebhookForm {
            url: HOSTILE.into(),
            kinds: vec!["order.placed".into()],
            faults: FieldErrors::one("url", "Enter a URL."),
            ..WebhookForm::default()
        },
        made: None,
        done: None,
        clock: Clock::new(now(), Tz::UTC),
    };
    let page = html(webhooks::index(&index));
    let rows = texts(&page, "tbody tr");
    assert!(rows[0].contains("Active") && rows[1].contains("Disabled") && rows[1].contains("since"), "{rows:?}");
    assert_eq!(attributes(&page, "input[name=url]", "aria-invalid"), ["true"]);
    assert_eq!(attributes(&page, "input[name=kinds][checked]", "value"), ["order.placed"]);
    assert_eq!(attributes(&page, "nav.rail a[aria-current=page]", "href"), ["/t/demo/settings/webhooks"]);
    index.webhooks.clear();
    assert!(html(webhooks::index(&index)).contains("No webhooks yet"));
}
