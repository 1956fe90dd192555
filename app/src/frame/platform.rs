//! The frame of the platform's own pages: the same as a tenant's, but dark at the side, so that nobody mistakes where
//! they are.

use leptos::prelude::*;

use super::Visitor;
use super::menu::PersonMenu;
use super::rail::{BottomBar, Rail, Room};
use crate::document::{Document, Head, Scripts, document};
use crate::ui::icon::Sign;

/// The rooms of the platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The board of health.
    Home,
    /// All tenants.
    Tenants,
    /// What tenants are allowed.
    Tiers,
    /// The queue.
    Jobs,
    /// The quarters into which orders are cut.
    Partitions,
    /// Backups of everybody.
    Backups,
    /// How long every route takes.
    Performance,
    /// What is found, and what is computed.
    Cache,
    /// Who did what.
    Audit,
}

const ROOMS: [(Place, &str, &str, Sign); 9] = [
    (Place::Home, "Home", "/platform", Sign::Home),
    (Place::Tenants, "Tenants", "/platform/tenants", Sign::Store),
    (Place::Tiers, "Tiers", "/platform/tiers", Sign::Tiers),
    (Place::Jobs, "Jobs", "/platform/jobs", Sign::Jobs),
    (Place::Partitions, "Partitions", "/platform/partitions", Sign::Partitions),
    (Place::Backups, "Backups", "/platform/backups", Sign::Backups),
    (Place::Performance, "Performance", "/platform/performance", Sign::Usage),
    (Place::Cache, "Cache", "/platform/cache", Sign::Tiers),
    (Place::Audit, "Audit log", "/platform/audit", Sign::Audit),
];

/// What the frame of a page of the platform says.
#[derive(Clone, Debug)]
pub struct PlatformFrame {
    /// Who looks.
    pub visitor: Visitor,
    /// The room.
    pub place: Place,
}

impl Place {
    /// The room of the address `path`.
    pub fn of(path: &str) -> Self {
        let rooms = ROOMS.iter().filter(|(_, _, room, _)| path.starts_with(room));
        rooms.max_by_key(|(_, _, room, _)| room.len()).map_or(Self::Home, |(place, ..)| *place)
    }
}

impl PlatformFrame {
    /// Renders `body` within this frame, under `title`.
    pub fn render<V: IntoView + 'static>(&self, title: &str, body: impl FnOnce() -> V) -> Document {
        self.draw(title, None, body)
    }

    /// The same; what is marked `data-live` in `body` is kept up to date where scripts are on, every so many `seconds`.
    pub fn render_live<V: IntoView + 'static>(&self, title: &str, seconds: u32, body: impl FnOnce() -> V) -> Document {
        self.draw(title, Some(seconds), body)
    }

    fn draw<V: IntoView + 'static>(&self, title: &str, live: Option<u32>, body: impl FnOnce() -> V) -> Document {
        let head = Head {
            title: format!("{title} · Platform"),
            scripts: Scripts::None,
            live: live.is_some(),
            ..Head::plain("", self.visitor.theme)
        };
        let rooms = self.rooms();
        document(&head, || {
            view! {
                <a class="skip" href="#main">"Skip to content"</a>
                <div class="frame platform">
                    <Rail name="Platform".to_owned() home="/platform".to_owned() rooms=rooms.clone()/>
                    <div class="min-w-0">
                        <header class="bar">
                            <span class="me-auto font-semibold">"Platform"</span>
                            {live.is_some().then(live_mark)}
                            <PersonMenu visitor=self.visitor.clone() many_tenants=true/>
                        </header>
                        <main id="main" data-live-every=live.map(|seconds| seconds.to_string())>{body().into_any()}</main>
                    </div>
                    <BottomBar rooms/>
                </div>
            }
        })
    }

    fn rooms(&self) -> Vec<Room> {
        let room = |(place, label, href, sign): (Place, &'static str, &str, Sign)| Room {
            label,
            href: href.to_owned(),
            sign,
            current: place == self.place,
        };
        ROOMS.map(room).to_vec()
    }
}

// Says whether the page keeps up; without scripts it does not, and says that.
fn live_mark() -> impl IntoView {
    view! {
        <span class="live" data-state="still" data-live-mark="">"Not live"</span>
        <button class="btn btn-quiet" type="button" hidden=true data-live-pause="" aria-pressed="false">"Pause"</button>
    }
}
