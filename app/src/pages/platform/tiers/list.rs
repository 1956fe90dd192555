//! All tiers.

use db::platform::Tier;
use domain::limits::{Feature, Limit};
use leptos::prelude::*;

use super::model::Tiers;
use crate::document::Document;
use crate::ui::money::{count, things};
use crate::ui::table::{Column, Table};
use crate::ui::{ButtonLink, Card, Empty, Look, Notice, PageHeader, Pill, Tone};
use crate::url;

/// Renders the page.
pub fn page(page: &Tiers) -> Document {
    page.frame.render("Tiers", || {
        let number = i64::try_from(page.tiers.len()).unwrap_or(i64::MAX);
        let note =
            format!("{}. Changes apply immediately to all tenants on the tier.", things(number, "tier", "tiers"));
        view! {
            <PageHeader title="Tiers" note=note.into_any()>
                <ButtonLink href="/platform/tiers/new" label="Create tier" look=Look::Primary/>
            </PageHeader>
            {page.done.map(|words| view! { <Notice tone=Tone::Info>{words}</Notice> })}
            {listed(page)}
        }
    })
}

fn listed(page: &Tiers) -> AnyView {
    if page.tiers.is_empty() {
        let text = "Tiers will be listed here. Every tenant has a tier. A tier without limits allows everything.";
        return view! { <Empty title="No tiers yet" text=text/> }.into_any();
    }
    let rows = page.tiers.iter().map(row).collect_view();
    let columns = vec![
        Column::text("Tier"),
        Column::figures("Tenants"),
        Column::text("Limits").wide(),
        Column::text("Status"),
        Column::text("").wide(),
    ];
    view! { <Card flush=true><Table caption="Tiers" columns>{rows}</Table></Card> }.into_any()
}

fn row(tier: &Tier) -> AnyView {
    let on = url::with_query("/platform/tenants", [("tier", tier.slug.as_str())]);
    let copy = url::with_query("/platform/tiers/new", [("from", tier.slug.as_str())]);
    let state = match tier.retired_at {
        Some(_) => view! { <Pill label="Retired"/> },
        None => view! { <Pill tone=Tone::Positive label="Offered"/> },
    };
    view! {
        <tr>
            <td>
                <a href=format!("/platform/tiers/{}", tier.slug)><span class="clip wide-clip" dir="auto">{tier.name.clone()}</span></a>
                " "<code>{tier.slug.clone()}</code>
            </td>
            <td class="num"><a href=on>{count(tier.tenants)}</a></td>
            <td class="wide wrap">{said(tier)}</td>
            <td>{state}</td>
            <td class="wide"><a href=copy>"Copy"</a></td>
        </tr>
    }
    .into_any()
}

fn said(tier: &Tier) -> String {
    let limit = |limit: Limit| Some(limit.things(tier.terms.allowed(limit)?));
    let without = Feature::ALL.into_iter().filter(|feature| !tier.terms.has(*feature));
    let without = without.map(|feature| format!("without {}", feature.noun()));
    let all: Vec<String> = Limit::ALL.into_iter().filter_map(limit).chain(without).collect();
    if all.is_empty() { "No limits".to_owned() } else { all.join(", ") }
}
