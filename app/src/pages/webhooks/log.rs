//! What a webhook was told, with every attempt. What receivers answered is shown as the text that it is.

use db::webhooks::{Attempt, Delivery};
use domain::page::{Page, Place};
use domain::webhooks::{DeliveryQuery, DeliveryState};
use leptos::prelude::*;

use super::model::OneWebhook;
use super::words::delivery as words_of;
use crate::ui::ignored::ignored;
use crate::ui::pager::Pager;
use crate::ui::time::milliseconds;
use crate::ui::{Button, Card, Clock, Empty, Pill, Tab, Tabs, Tone, When};
use crate::url;

/// The log.
pub(super) fn card(page: &OneWebhook) -> AnyView {
    let (tabs, left_out) = (tabs(page), ignored(&page.address(), &page.typed, &page.faults));
    let list = listed(page, &page.page);
    view! { <Card title="Deliveries">{tabs}{left_out}{list}</Card> }.into_any()
}

fn tabs(page: &OneWebhook) -> impl IntoView + use<> {
    let tab = |state: Option<DeliveryState>| {
        let href = at(page, &DeliveryQuery { state, cursor: None });
        let label = state.map_or("All", DeliveryState::words);
        view! { <Tab href label current=page.query.state == state/> }
    };
    let tabs = std::iter::once(None).chain(DeliveryState::ALL.map(Some)).map(tab).collect_view();
    view! { <Tabs label="Status">{tabs}</Tabs> }
}

fn at(page: &OneWebhook, query: &DeliveryQuery) -> String {
    url::with_query(&page.address(), query.pairs().iter().map(|(n, v)| (*n, v.as_str())))
}

fn listed(page: &OneWebhook, found: &Page<Delivery, Place>) -> AnyView {
    let place = |place: Place| at(page, &page.query.at(Some(place)));
    let (newer, older) = (found.newer.map(place), found.older.map(place));
    let pager = (newer.is_some() || older.is_some()).then(|| view! { <Pager newer older/> });
    if found.rows.is_empty() {
        let (title, text) = if page.query.state.is_some() {
            ("No matching deliveries", "Choose another status.")
        } else {
            ("No deliveries yet", "Deliveries will be listed here for 30 days.")
        };
        return view! { <Empty title text/>{pager} }.into_any();
    }
    let rows = found.rows.iter().map(|delivery| row(page, delivery)).collect_view();
    view! { <ol class="timeline">{rows}</ol>{pager} }.into_any()
}

fn row(page: &OneWebhook, delivery: &Delivery) -> impl IntoView + use<> {
    let clock = page.clock;
    let (tone, label) = words_of(delivery.state);
    let number = delivery.seq.map(|seq| view! { <span class="text-xs/5 text-quiet">{format!(" no. {seq}")}</span> });
    let next = delivery.next_at.map(|at| {
        if at <= clock.now {
            view! { " · next attempt now" }.into_any()
        } else {
            view! { " · next attempt "<When at clock/> }.into_any()
        }
    });
    let attempts = delivery.attempts.iter().map(|tried| attempt(tried, clock)).collect_view();
    let summary = match (delivery.attempts.len(), delivery.attempts.last()) {
        (_, None) => "No attempts yet".to_owned(),
        (1, Some(only)) => format!("1 attempt · {}", outcome(only)),
        (many, Some(last)) => format!("{many} attempts · {}", outcome(last)),
    };
    let again = format!("{}/deliveries/{}/again", page.address(), delivery.id);
    let body = match delivery.body.clone() {
        Some(body) => view! {
            <p class="text-xs/5 text-quiet">"Payload:"</p>
            <pre class="output" dir="auto">{body}</pre>
            <form method="post" action=again><Button label="Resend"/></form>
        }
        .into_any(),
        None => {
            view! { <p class="text-xs/5 text-quiet">"Your role does not include access to this event."</p> }.into_any()
        }
    };
    view! {
        <li>
            <p><code>{delivery.kind.clone()}</code>{number}" "<Pill tone label/></p>
            <p class="text-xs/5 text-quiet"><When at=delivery.created_at clock/>{next}</p>
            <details>
                <summary>{summary}</summary>
                <ol class="timeline">{attempts}</ol>
                {body}
            </details>
        </li>
    }
}

fn outcome(tried: &Attempt) -> String {
    match (tried.status, &tried.error) {
        (Some(status), _) => format!("status {status}"),
        (None, Some(error)) => error.clone(),
        (None, None) => "no response".to_owned(),
    }
}

fn attempt(tried: &Attempt, clock: Clock) -> impl IntoView + use<> {
    let (tone, label) = match tried.status {
        Some(200..=299) => (Tone::Positive, "Delivered"),
        Some(_) => (Tone::Critical, "Rejected"),
        None => (Tone::Critical, "No response"),
    };
    let status = tried.status.map(|status| format!("Status {status} "));
    let took = milliseconds(i64::from(tried.ms));
    let error = tried.error.clone().map(|error| view! { <p dir="auto">{error}</p> });
    let answer =
        (!tried.answer.is_empty()).then(|| view! { <pre class="output" dir="auto">{tried.answer.clone()}</pre> });
    view! {
        <li>
            <p>{status}<Pill tone label/></p>
            <p class="text-xs/5 text-quiet"><When at=tried.at clock/>{format!(" · {took}")}</p>
            {error}
            {answer}
        </li>
    }
}
