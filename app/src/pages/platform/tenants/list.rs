//! All tenants, searched and filtered.

use db::platform::TenantRow;
use domain::limits::{Level, Limit};
use domain::tenants::{TenantQuery, TenantState};
use leptos::prelude::*;

use super::model::TenantList;
use crate::document::Document;
use crate::ui::icon::{Icon, Sign};
use crate::ui::ignored::ignored;
use crate::ui::money::count;
use crate::ui::pager::Pager;
use crate::ui::table::{Column, Table};
use crate::ui::text::size;
use crate::ui::{Button, ButtonLink, Card, Empty, Look, Notice, PageHeader, Pill, SelectField, Tone, When};
use crate::url;

/// Renders the page.
pub fn page(page: &TenantList) -> Document {
    page.frame.render("Tenants", || {
        view! {
            <PageHeader title="Tenants">
                <ButtonLink href="/platform/tenants/new" label="Create tenant" look=Look::Primary/>
            </PageHeader>
            {page.done.map(|words| view! { <Notice tone=Tone::Info>{words}</Notice> })}
            {filters(page)}
            {ignored("/platform/tenants", &page.typed, &page.faults)}
            {listed(page)}
        }
    })
}

fn filters(page: &TenantList) -> AnyView {
    let mut tiers = vec![(String::new(), "All tiers".to_owned())];
    tiers.extend(page.tiers.iter().map(|tier| (tier.slug.clone(), tier.name.clone())));
    let mut states = vec![(String::new(), "All statuses".to_owned())];
    states.extend(TenantState::ALL.map(|state| (state.as_str().to_owned(), state.label().to_owned())));
    let (tier, state) = (page.query.tier.clone().unwrap_or_default(), page.query.state.map_or("", TenantState::as_str));
    view! {
        <form class="filters" method="get" action="/platform/tenants">
            <div class="search">
                <Icon sign=Sign::Search/>
                <input
                    type="search"
                    name="q"
                    value=page.query.q.clone().unwrap_or_default()
                    placeholder="Name or slug"
                    aria-label="Search tenants by name or slug"
                />
            </div>
            <Button label="Search"/>
            <details class="menu menu-form">
                <summary class="btn"><Icon sign=Sign::Filter/>"Filter"</summary>
                <div class="menu-box">
                    <SelectField name="tier" label="Tier" options=tiers chosen=tier/>
                    <SelectField name="state" label="Status" options=states chosen=state/>
                    <Button label="Apply filters" look=Look::Primary/>
                </div>
            </details>
        </form>
    }
    .into_any()
}

fn listed(page: &TenantList) -> AnyView {
    if page.rows.is_empty() {
        return nothing(page.query.is_filtered());
    }
    let rows = page.rows.iter().map(|tenant| row(page, tenant)).collect_view();
    let columns = vec![
        Column::text("Tenant"),
        Column::text("Tier"),
        Column::figures("Orders this month"),
        Column::figures("Stores").wide(),
        Column::figures("Members").wide(),
        Column::figures("Storage").wide(),
        Column::time("Last activity", &page.clock).wide(),
        Column::text("Status"),
    ];
    let address =
        |query: &TenantQuery| url::with_query("/platform/tenants", query.pairs().iter().map(|(n, v)| (*n, v.as_str())));
    let older = page.next.as_ref().map(|slug| address(&page.query.behind(slug)));
    let first = page.query.after.is_some().then(|| address(&TenantQuery { after: None, ..page.query.clone() }));
    let pager = (older.is_some() || first.is_some()).then(|| view! { <Pager newer=first older/> });
    view! { <Card flush=true><Table caption="Tenants" columns>{rows}</Table></Card>{pager} }.into_any()
}

fn nothing(filtered: bool) -> AnyView {
    if filtered {
        let text = "Remove a filter, or show all tenants.";
        return view! {
            <Empty title="No matching tenants" text=text><ButtonLink href="/platform/tenants" label="Show all tenants"/></Empty>
        }
        .into_any();
    }
    let text = "A tenant owns stores and has members. Create the first one here, or with: stoa tenant create.";
    view! { <Empty title="No tenants yet" text=text/> }.into_any()
}

fn row(page: &TenantList, tenant: &TenantRow) -> AnyView {
    let figures = page.figures.get(&tenant.id).cloned().unwrap_or_default();
    let terms =
        page.tiers.iter().find(|tier| tier.slug == tenant.tier).map(|tier| tier.terms.clone()).unwrap_or_default();
    let near = |limit: Limit| {
        let level = Level::of(figures.of(limit)?, terms.allowed(limit)?);
        level.warns().then_some(level)
    };
    let worst = Limit::ALL.into_iter().filter_map(near).max();
    let flag = match worst {
        Some(Level::Over) => Some(view! { " "<Pill tone=Tone::Critical label="Over limit"/> }),
        Some(_) => Some(view! { " "<Pill tone=Tone::Attention label="Near limit"/> }),
        None => None,
    };
    let active = match figures.last_activity() {
        Some(at) => view! { <When at clock=page.clock/> }.into_any(),
        None => "never".into_any(),
    };
    view! {
        <tr>
            <td>
                <a href=format!("/platform/tenants/{}", tenant.slug)><span class="clip wide-clip" dir="auto">{tenant.name.clone()}</span></a>
                " "<code>{tenant.slug.clone()}</code>
            </td>
            <td>{tenant.tier_name.clone()}{flag}</td>
            <td class="num">{count(figures.orders)}</td>
            <td class="num wide">{count(figures.stores)}</td>
            <td class="num wide">{count(figures.members)}</td>
            <td class="num wide">{size(figures.storage_bytes)}</td>
            <td class="wide">{active}</td>
            <td>{super::state(tenant.state())}</td>
        </tr>
    }
    .into_any()
}
