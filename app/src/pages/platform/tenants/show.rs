//! One tenant: how it stands, what it uses, and what can be done about it.

use chrono::{DateTime, Utc};
use db::platform::Tier;
use domain::limits::{Level, Limit};
use domain::tenants::TenantState;
use leptos::prelude::*;

use super::model::OneTenant;
use crate::document::Document;
use crate::ui::meter::{Meter, tone, word};
use crate::ui::table::{Column, Table};
use crate::ui::{Button, Card, Field, Look, Notice, PageHeader, Pill, SelectField, Tone, When};
use crate::url;

/// Renders the page.
pub fn page(page: &OneTenant) -> Document {
    page.frame.render(&page.tenant.name, || {
        view! {
            <PageHeader title=page.tenant.name.clone() back=("/platform/tenants".to_owned(), "Tenants")/>
            {page.done.map(|words| view! { <Notice tone=Tone::Info>{words}</Notice> })}
            {standing(page)}
            {facts(page)}
            {limits(page)}
            {change(page)}
            {ending(page)}
        }
    })
}

fn standing(page: &OneTenant) -> Option<AnyView> {
    let tenant = &page.tenant;
    let words = match (tenant.state(), tenant.delete_after) {
        (TenantState::Leaving, Some(at)) => format!(
            "Access is blocked. All data, including backups, will be deleted on {}. You can cancel the deletion until \
             then.",
            page.clock.exact(at)
        ),
        (TenantState::Suspended, _) => format!(
            "Suspended: {} Members and programs see this reason. No data is deleted.",
            tenant.suspended_for.as_deref().map(crate::ui::field::sentence).unwrap_or_default()
        ),
        _ => return None,
    };
    let tone = if tenant.delete_after.is_some() { Tone::Critical } else { Tone::Attention };
    Some(view! { <Notice tone>{words}</Notice> }.into_any())
}

fn facts(page: &OneTenant) -> AnyView {
    let clock = page.clock;
    let seen = move |at: Option<DateTime<Utc>>| match at {
        Some(at) => view! { <When at clock/> }.into_any(),
        None => "never".into_any(),
    };
    let slug = page.tenant.slug.clone();
    let jobs = url::with_query("/platform/jobs/list", [("tenant", slug.as_str()), ("state", "ended")]);
    let (seen, happened) = (seen(page.figures.last_seen), seen(page.figures.last_event));
    let (state, since) = (super::state(page.tenant.state()), page.tenant.created_at);
    let people = crate::ui::money::things(page.figures.members, "member", "members");
    let members = format!("/platform/tenants/{slug}/members");
    let (tier, tier_name) = (format!("/platform/tiers/{}", page.tenant.tier), page.tenant.tier_name.clone());
    view! {
        <Card title="Details">
            <dl class="facts">
                <dt>"Slug"</dt><dd><code>{slug}</code></dd>
                <dt>"Status"</dt><dd>{state}</dd>
                <dt>"Tier"</dt><dd><a href=tier>{tier_name}</a></dd>
                <dt>"Members"</dt><dd><a href=members>{people}</a>". Open the list to view the tenant as a member."</dd>
                <dt>"Created"</dt><dd><When at=since clock/></dd>
                <dt>"Last sign-in"</dt><dd>{seen}</dd>
                <dt>"Last activity"</dt><dd>{happened}</dd>
                <dt>"Jobs"</dt><dd><a href=jobs>"Finished jobs"</a></dd>
            </dl>
        </Card>
    }
    .into_any()
}

fn limits(page: &OneTenant) -> AnyView {
    let row = |limit: Limit| {
        let used = page.figures.of(limit)?;
        let allowed = page.tier.terms.allowed(limit);
        let level = allowed.map_or(Level::Fine, |allowed| Level::of(used, allowed));
        let since = page.figures.over_since.filter(|_| limit == Limit::OrdersPerMonth && level == Level::Over);
        let since = since.map(|at| view! { " since "<When at clock=page.clock/> });
        let pill = word(level).map(|label| view! { <Pill tone=tone(level) label/> });
        let meter = allowed.map(|allowed| view! { <Meter used allowed/> });
        Some(view! {
            <tr>
                <td>{limit.label()}</td>
                <td class="num">{limit.number(used)}</td>
                <td class="num">{allowed.map_or_else(|| "no limit".to_owned(), |n| limit.number(n))}</td>
                <td class="wide">{meter}</td>
                <td>{pill}{since}</td>
            </tr>
        })
    };
    let rows = Limit::ALL.into_iter().filter_map(row).collect_view();
    let columns = vec![
        Column::text("Limit"),
        Column::figures("Used"),
        Column::figures("Allowed"),
        Column::text("Usage").wide(),
        Column::text("Status"),
    ];
    view! { <Card title="Usage" flush=true><Table caption="Limits" columns>{rows}</Table></Card> }.into_any()
}

fn change(page: &OneTenant) -> AnyView {
    let path = format!("/platform/tenants/{}", page.tenant.slug);
    let offered = |tier: &&Tier| tier.retired_at.is_none() || tier.slug == page.tenant.tier;
    let tiers = page.tiers.iter().filter(offered).map(|tier| (tier.slug.clone(), tier.name.clone())).collect();
    let fault = page.faults.of("name").map(str::to_owned);
    let bad_tier = page.faults.of("tier").map(str::to_owned);
    let (name, tier) = (page.name.clone(), page.tenant.tier.clone());
    view! {
        <Card title="Name and tier">
            <form class="stack max-w-110" method="post" action=format!("{path}/name")>
                <Field name="name" label="Name" value=name fault=fault required=true/>
                <div class="actions"><Button label="Rename tenant"/></div>
            </form>
            <form class="stack max-w-110" method="post" action=format!("{path}/tier")>
                <SelectField name="tier" label="Tier" options=tiers chosen=tier fault=bad_tier/>
                <div class="actions"><Button label="Preview tier change"/></div>
            </form>
        </Card>
    }
    .into_any()
}

fn ending(page: &OneTenant) -> AnyView {
    let path = format!("/platform/tenants/{}", page.tenant.slug);
    let button = |action: &str, label: &'static str, look: Look| {
        view! { <form method="post" action=format!("{path}/{action}")><Button label look/></form> }
    };
    let buttons = match page.tenant.state() {
        TenantState::Active => {
            view! { {button("suspend", "Suspend tenant", Look::Secondary)}{button("delete", "Delete tenant", Look::Danger)} }
                .into_any()
        }
        TenantState::Suspended => {
            view! { {button("resume", "Resume tenant", Look::Primary)}{button("delete", "Delete tenant", Look::Danger)} }.into_any()
        }
        TenantState::Leaving => view! { {button("keep", "Cancel deletion", Look::Primary)} }.into_any(),
    };
    view! { <Card title="Suspend or delete"><div class="actions">{buttons}</div></Card> }.into_any()
}
