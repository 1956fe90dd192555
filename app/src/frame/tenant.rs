//! The frame of a tenant's pages.

use chrono::{DateTime, Utc};
use db::people::Membership;
use db::stores::Store;
use domain::calendar::Tz;
use domain::money::USUAL_DECIMALS;
use domain::numbers::NumberFormat;
use domain::permission::Permission;
use leptos::prelude::*;

use super::Visitor;
use super::bar::bar;
use super::impersonation_bar::impersonation_bar;
use super::rail::{BottomBar, Rail, Room};
use crate::document::{Document, Head, Scripts, document};
use crate::ui::icon::Sign;
use crate::ui::{Clock, numbers, read_only};

/// The rooms of a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// The dashboard.
    Home,
    /// Orders.
    Orders,
    /// Imports.
    Imports,
    /// Backups.
    Backups,
    /// Background jobs.
    Jobs,
    /// Stores, and what can be set.
    Settings,
    /// Who did what.
    Audit,
    /// What the tier allows and what is used of it.
    Usage,
    /// Who works here.
    Team,
    /// Keys of programs.
    Keys,
    /// Where events are sent.
    Webhooks,
}

// Whose role lacks the permission is not offered the room.
const ROOMS: [(Section, &str, &str, Sign, Permission); 11] = [
    (Section::Home, "Home", "", Sign::Home, Permission::ReadReports),
    (Section::Orders, "Orders", "/orders", Sign::Orders, Permission::ReadOrders),
    (Section::Imports, "Imports", "/imports", Sign::Import, Permission::ReadImports),
    (Section::Backups, "Backups", "/backups", Sign::Backups, Permission::ReadBackups),
    (Section::Jobs, "Jobs", "/settings/jobs", Sign::Jobs, Permission::ReadJobs),
    (Section::Team, "Team", "/team", Sign::People, Permission::ManagePeople),
    (Section::Keys, "API keys", "/settings/keys", Sign::Key, Permission::ManageKeys),
    (Section::Webhooks, "Webhooks", "/settings/webhooks", Sign::Webhook, Permission::ManageKeys),
    (Section::Usage, "Usage", "/usage", Sign::Usage, Permission::ManageStores),
    (Section::Settings, "Settings", "/settings", Sign::Settings, Permission::ManageStores),
    (Section::Audit, "Audit log", "/audit", Sign::Audit, Permission::ReadAudit),
];

/// Where the live feed goes on from.
#[derive(Clone, Debug)]
pub struct Live {
    /// Number of the last event that the page already shows.
    pub after: i64,
    /// Whose stream it is: pages with the same share one, and no others. None on pages that follow nothing.
    pub audience: Option<String>,
    /// What shows the new orders; none on pages that would not show any.
    pub show: Option<String>,
    /// Which of the new orders the page would show, where not all of its store: where the server says how many they are.
    pub count: Option<String>,
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
    /// How numbers are written.
    pub numbers: NumberFormat,
    /// The zone of the page: of the store or order that it is about, else that of the account.
    pub zone: Tz,
    /// Now.
    pub now: DateTime<Utc>,
}

/// Names and addresses of the pages that a member may go to.
pub fn pages_of(membership: &Membership) -> impl Iterator<Item = (&'static str, String)> {
    let offered = ROOMS.iter().filter(|(.., needed)| membership.allows(*needed));
    offered.map(|(_, label, path, ..)| (*label, format!("/t/{}{path}", membership.slug)))
}

impl Section {
    /// The room of the address that goes on with `path` after the tenant.
    pub fn of(path: &str) -> Self {
        let holds = |room: &str| path.strip_prefix(room).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let rooms = ROOMS.iter().filter(|(_, _, room, ..)| holds(room));
        rooms.max_by_key(|(_, _, room, ..)| room.len()).map_or(Self::Home, |(section, ..)| *section)
    }
}

impl Live {
    /// The address of the stream of `tenant`, from the last event on that the page already shows.
    pub fn address(&self, tenant: &str) -> Option<String> {
        let audience = self.audience.as_ref()?;
        Some(format!("/t/{tenant}/events?for={audience}&after={}", self.after))
    }
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

    /// The clock of the page: all its moments are told by it.
    pub fn clock(&self) -> Clock {
        Clock::new(self.now, self.zone)
    }

    /// The zone of the store called `slug`, for what happened there; that of the page when there is no such store.
    pub fn zone_of(&self, slug: &str) -> Tz {
        self.stores.iter().find(|s| s.slug == slug).map_or(self.zone, |s| s.zone)
    }

    /// Most decimals that an amount has in the currency of the page's store, or of any of them.
    pub fn decimals(&self) -> u32 {
        let shown = |store: &&Store| self.store.as_ref().is_none_or(|slug| store.slug == *slug);
        let decimals = self.stores.iter().filter(shown).map(|store| store.currency.exponent()).max();
        decimals.unwrap_or(USUAL_DECIMALS)
    }

    /// Renders `body` within this frame, under `title`.
    pub fn render<V: IntoView + 'static>(&self, title: &str, body: impl FnOnce() -> V) -> Document {
        self.draw(title, None, None, body)
    }

    /// The same; what is marked `data-live` in `body` is kept up to date where scripts are on, every so many `seconds`.
    pub fn render_live<V: IntoView + 'static>(&self, title: &str, seconds: u32, body: impl FnOnce() -> V) -> Document {
        self.draw(title, None, Some(seconds), body)
    }

    /// The same, loaded again every `reload` seconds where scripts are off.
    pub fn render_with<V: IntoView + 'static>(
        &self,
        title: &str,
        reload: Option<u32>,
        body: impl FnOnce() -> V,
    ) -> Document {
        self.draw(title, reload, None, body)
    }

    fn draw<V: IntoView + 'static>(
        &self,
        title: &str,
        reload: Option<u32>,
        live: Option<u32>,
        body: impl FnOnce() -> V,
    ) -> Document {
        let title = format!("{title} · {}", self.membership.name);
        let (theme, live_parts) = (self.visitor.theme, live.is_some());
        let scripts = if self.live.audience.is_some() { Scripts::Feed } else { Scripts::Islands };
        let head = Head { title, theme, scripts, live: live_parts, reload };
        let rooms = self.rooms();
        let page = || {
            view! {
                <a class="skip" href="#main">"Skip to content"</a>
                {impersonation_bar(self.visitor.impersonation.clone(), self.zone)}
                <div class="frame">
                    <Rail name=self.membership.name.clone() home=self.home() rooms=rooms.clone()/>
                    <div class="min-w-0">
                        {bar(self)}
                        <main id="main" data-live-every=live.map(|seconds| seconds.to_string())>
                            {body().into_any()}
                            <p class="zone-note text-xs/5 text-muted">{format!("Times are in {}.", self.clock().zone_name())}</p>
                        </main>
                    </div>
                    <BottomBar rooms/>
                </div>
            }
        };
        let draw = || numbers::within(self.numbers, || document(&head, page));
        read_only::within(self.visitor.changes_nothing(), draw)
    }

    /// The address of its first page, with which those of all others begin.
    pub fn home(&self) -> String {
        format!("/t/{}", self.tenant())
    }

    fn rooms(&self) -> Vec<Room> {
        let room = |(section, label, path, sign, _): (Section, &'static str, &str, Sign, Permission)| Room {
            label,
            href: format!("{}{path}", self.home()),
            sign,
            current: section == self.section,
        };
        ROOMS.into_iter().filter(|(.., needed)| self.membership.allows(*needed)).map(room).collect()
    }
}
