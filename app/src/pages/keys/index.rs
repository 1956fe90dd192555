//! All keys, and the form for a new one.

use db::api_keys::KeyRow;
use domain::permission::KeyScope;
use leptos::prelude::*;

use super::model::{KeyForm, KeyIndex};
use crate::document::Document;
use crate::ui::table::{Column, Table};
use crate::ui::{
    Button, Card, Choice, Choices, Clock, Empty, Field, Look, Notice, PageHeader, Pill, SelectField, Tone, When,
};

/// Renders the page.
pub fn page(page: &KeyIndex) -> Document {
    page.frame.render("API keys", || {
        let note = view! { "Give other programs access to the "<a href="/api/docs">"API"</a>"." }.into_any();
        let made = page.made.clone().map(|key| {
            view! {
                <Notice tone=Tone::Positive>
                    <p>"API key created. It is shown only once. Copy it and store it safely."</p>
                    <code class="once">{key}</code>
                </Notice>
            }
        });
        let revoked = page.done.as_deref() == Some("revoked");
        let revoked = revoked.then(|| view! { <Notice tone=Tone::Positive>"API key revoked."</Notice> });
        view! {
            <PageHeader title="API keys" note=note/>
            {made}
            {revoked}
            {table(page)}
            {form(page)}
        }
    })
}

fn table(page: &KeyIndex) -> AnyView {
    if page.keys.is_empty() {
        let empty =
            view! { <Empty title="No API keys yet" text="Create a key for a program that sends or reads orders."/> };
        return view! { <Card>{empty}</Card> }.into_any();
    }
    let base = format!("/t/{}/settings/keys", page.frame.tenant());
    let row = |key: &KeyRow| {
        let clock = page.clock;
        let orphan = (key.is_orphan && key.is_alive(clock.now))
            .then(|| view! { " "<Pill tone=Tone::Attention label="Creator lost access"/> });
        let used = match key.last_used_at {
            Some(at) => view! { <When at clock/> }.into_any(),
            None => view! { <span class="text-quiet">"never"</span> }.into_any(),
        };
        view! {
            <tr>
                <td><a class="clip wide-clip" dir="auto" href=format!("{base}/{}", key.id)>{super::name(key)}</a></td>
                <td class="wide"><code>{super::scopes(&key.scopes)}</code></td>
                <td class="wide"><span class="clip" dir="auto">{key.store.clone().unwrap_or_else(|| "All stores".to_owned())}</span></td>
                <td>{used}</td>
                <td>{state(key, clock)}{orphan}</td>
            </tr>
        }
    };
    let rows = page.keys.iter().map(row).collect_view();
    let columns = vec![
        Column::text("Key"),
        Column::text("Scopes").wide(),
        Column::text("Stores").wide(),
        Column::time("Last used", &page.clock),
        Column::text("Status"),
    ];
    view! { <Card flush=true><Table caption="API keys" columns>{rows}</Table></Card> }.into_any()
}

/// Whether a key opens anything, and until when.
pub(super) fn state(key: &KeyRow, clock: Clock) -> AnyView {
    match (key.revoked_at, key.expires_at) {
        (Some(_), _) => view! { <Pill label="Revoked"/> }.into_any(),
        (None, Some(at)) if at <= clock.now => view! { <Pill label="Expired"/> }.into_any(),
        (None, Some(at)) => view! { <Pill tone=Tone::Attention label="Expires"/>" "<When at clock/> }.into_any(),
        (None, None) => view! { <Pill tone=Tone::Positive label="Active"/> }.into_any(),
    }
}

fn form(page: &KeyIndex) -> impl IntoView + use<> {
    let action = format!("/t/{}/settings/keys", page.frame.tenant());
    let form = page.form.clone();
    let fault = |field: &str| form.faults.of(field).map(str::to_owned);
    let [name_fault, scopes_fault, store_fault, days_fault] = ["name", "scopes", "store", "expires"].map(fault);
    let words = |scope: KeyScope| match scope {
        KeyScope::OrdersRead => "orders:read, view orders",
        KeyScope::OrdersWrite => "orders:write, create and change orders",
        KeyScope::ReportsRead => "reports:read, view reports",
        KeyScope::EventsRead => "events:read, receive events",
    };
    let choice = |scope: KeyScope| Choice {
        value: scope.as_str().to_owned(),
        words: words(scope).to_owned(),
        is_chosen: form.scopes.iter().any(|chosen| chosen == scope.as_str()),
    };
    // A key gives nothing that its maker does not have.
    let may_give = |scope: &KeyScope| page.frame.membership.allows(scope.permission());
    let choices: Vec<Choice> = KeyScope::ALL.into_iter().filter(may_give).map(choice).collect();
    let all = std::iter::once((String::new(), "All stores".to_owned()));
    let stores = all.chain(page.frame.stores.iter().map(|s| (s.slug.clone(), s.name.clone()))).collect();
    let days = [("", "Never"), ("30", "After 30 days"), ("90", "After 90 days"), ("365", "After a year")];
    let KeyForm { name, store, days: chosen_days, .. } = form;
    let days = days.map(|(value, words)| (value.to_owned(), words.to_owned())).to_vec();
    view! {
        <Card title="New API key">
            <form class="stack max-w-110" method="post" action=action>
                <Field name="name" label="Name" value=name fault=name_fault example="Shop till" required=true/>
                <Choices name="scopes" label="Scopes" choices fault=scopes_fault/>
                <SelectField name="store" label="Stores" options=stores chosen=store fault=store_fault/>
                <SelectField name="days" label="Expires" options=days chosen=chosen_days fault=days_fault/>
                <Button label="Create API key" look=Look::Primary/>
            </form>
        </Card>
    }
}
