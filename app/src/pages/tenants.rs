//! `/`: the choice of a tenant, for people who belong to several or to none.

use db::people::Membership;
use leptos::prelude::*;

use crate::document::{Head, Rendered};
use crate::frame::{Visitor, bare};
use crate::ui::icon::{Icon, Sign};
use crate::ui::{Empty, PageHeader};

/// Renders the choice.
pub fn page(visitor: Visitor, memberships: &[Membership]) -> Rendered {
    let is_admin = visitor.person.is_platform_admin;
    bare(&Head::plain("Your tenants", visitor.theme), Some(visitor), || {
        let links = memberships.iter().map(|m| {
            view! {
                <a class="choice" href=format!("/t/{}", m.slug)>
                    <span>{m.name.clone()}</span>
                    <span class="quiet">{if m.suspended.is_some() { "suspended".to_owned() } else { m.role.name().to_owned() }}</span>
                    <Icon sign=Sign::ArrowRight/>
                </a>
            }
        });
        let platform = is_admin.then(|| {
            view! {
                <a class="choice" href="/platform">
                    <span>"Platform"</span>
                    <span class="quiet">"all tenants"</span>
                    <Icon sign=Sign::ArrowRight/>
                </a>
            }
        });
        let none = (memberships.is_empty() && !is_admin).then(|| {
            view! { <Empty title="You belong to no tenant yet" text="Ask an owner to add you; then reload this page."/> }
        });
        view! {
            <PageHeader title="Where to?"/>
            <nav class="choices" aria-label="Tenants">{links.collect_view()}{platform}</nav>
            {none}
        }
    })
}
