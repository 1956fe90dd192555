//! The frame of a tenant's pages.

use chrono::{DateTime, Utc};
use db::people::Membership;
use db::stores::Store;
use domain::calendar::Tz;
use leptos::prelude::*;

use super::Visitor;
use super::bar::Bar;
use super::rail::{BottomBar, Rail};
use crate::document::{Head, Rendered, Scripts, document};
use crate::ui::Clock;

/// The rooms of a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// The dashboard.
    Home,
    /// Orders.
    Orders,
    /// Imports.
    Imports,
}

/// Where the live feed goes on from.
#[derive(Clone, Debug)]
pub struct Live {
    /// Number of the last event that the page already shows.
    pub after: i64,
    /// What shows the new orders; none on pages that would not show any.
    pub show: Option<String>,
}

/// Everything that the frame of a tenant's page says.
#[derive(Clone, Debug)]
pub struct TenantFrame {
    /// Who looks.
    pub visitor: Visitor,
    /// As a member of what.
    pub membership: Membership,
    /// Whether they belong to other tenants too.
    pub many_tenants: bool,
    /// The tenant's stores, by name.
    pub stores: Vec<Store>,
    /// The slug of the store that the page is about; none for all.
    pub store: Option<String>,
    /// The room.
    pub section: Section,
    /// The live feed.
    pub live: Live,
}

impl TenantFrame {
    /// The tenant's name in addresses.
    pub fn tenant(&self) -> &str {
        &self.membership.slug
    }

    /// The name of the store called `slug`.
    pub fn store_name(&self, slug: &str) -> String {
        self.stores.iter().find(|s| s.slug == slug).map_or_else(|| slug.to_owned(), |s| s.name.clone())
    }

    /// The clock of the store called `slug`: its zone, or UTC when there is no such store.
    pub fn clock(&self, slug: &str, now: DateTime<Utc>) -> Clock {
        let zone = self.stores.iter().find(|s| s.slug == slug).map_or(Tz::UTC, |s| s.zone);
        Clock { now, zone }
    }

    /// Renders `body` within this frame, under `title`.
    pub fn render<V: IntoView + 'static>(&self, title: &str, body: impl FnOnce() -> V) -> Rendered {
        self.render_with(title, None, body)
    }

    /// The same, loaded again every `reload` seconds where scripts are off.
    pub fn render_with<V: IntoView + 'static>(
        &self,
        title: &str,
        reload: Option<u32>,
        body: impl FnOnce() -> V,
    ) -> Rendered {
        let title = format!("{title} · {}", self.membership.name);
        let head = Head { title, theme: self.visitor.theme, scripts: Scripts::Islands, reload };
        document(&head, || {
            view! {
                <a class="skip" href="#main">"Skip to the content"</a>
                <div class="frame">
                    <Rail tenant=self.tenant().to_owned() name=self.membership.name.clone() section=self.section/>
                    <div class="stage">
                        <Bar frame=self.clone()/>
                        <main id="main">{body().into_any()}</main>
                    </div>
                    <BottomBar tenant=self.tenant().to_owned() section=self.section/>
                </div>
            }
        })
    }
}
