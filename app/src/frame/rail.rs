//! The rooms of a tenant: a rail at the left, a bar at the bottom of a phone.

use leptos::prelude::*;

use super::bare::Mark;
use super::tenant::Section;
use crate::ui::icon::{Icon, Sign};

const ROOMS: [(Section, &str, &str, Sign); 3] = [
    (Section::Home, "Home", "", Sign::Home),
    (Section::Orders, "Orders", "/orders", Sign::Orders),
    (Section::Imports, "Imports", "/imports", Sign::Import),
];

/// The rail; under 1100 px only its icons.
#[component]
pub fn Rail(
    /// The tenant's name in addresses.
    tenant: String,
    /// The tenant's name.
    name: String,
    /// The room that the page is in.
    section: Section,
) -> impl IntoView {
    view! {
        <nav class="rail" aria-label="Rooms">
            <a class="brand" href=format!("/t/{tenant}") aria-label="Stoa"><Mark/><span>{name}</span></a>
            {rooms(&tenant, section)}
        </nav>
    }
}

/// The same rooms at the bottom of a phone.
#[component]
pub fn BottomBar(
    /// The tenant's name in addresses.
    tenant: String,
    /// The room that the page is in.
    section: Section,
) -> impl IntoView {
    view! {
        <nav class="bottom" aria-label="Rooms, at hand">{rooms(&tenant, section)}</nav>
    }
}

fn rooms(tenant: &str, section: Section) -> impl IntoView + use<> {
    let link = |(room, label, path, sign): (Section, &'static str, &'static str, Sign)| {
        let current = (room == section).then_some("page");
        view! {
            <a class="room" href=format!("/t/{tenant}{path}") aria-current=current title=label>
                <Icon sign/>
                <span>{label}</span>
            </a>
        }
    };
    ROOMS.map(link).into_iter().collect_view()
}
