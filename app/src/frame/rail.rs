//! The rooms of a tenant, or of the platform: a rail at the left, a bar at the bottom of a phone.

use leptos::prelude::*;

use super::bare::Mark;
use crate::ui::icon::{Icon, Sign};

/// A room: where a link of the rail leads.
#[derive(Clone, Debug)]
pub struct Room {
    /// Its name.
    pub label: &'static str,
    /// Its address.
    pub href: String,
    /// Its sign.
    pub sign: Sign,
    /// Whether the page is in it.
    pub current: bool,
}

/// The rail; under 1100 px only its icons.
#[component]
pub fn Rail(
    /// Whose rooms they are.
    name: String,
    /// Where that begins.
    home: String,
    /// The rooms.
    rooms: Vec<Room>,
) -> impl IntoView {
    view! {
        <nav class="rail" aria-label="Main navigation">
            <a class="brand" href=home aria-label="Stoa"><Mark/><span>{name}</span></a>
            {rooms.into_iter().map(link).collect_view()}
        </nav>
    }
}

/// The same rooms at the bottom of a phone.
#[component]
pub fn BottomBar(
    /// The rooms.
    rooms: Vec<Room>,
) -> impl IntoView {
    view! { <nav class="bottom" aria-label="Bottom navigation">{rooms.into_iter().map(link).collect_view()}</nav> }
}

fn link(room: Room) -> impl IntoView {
    let Room { label, href, sign, current } = room;
    view! {
        <a class="nav-link" href=href aria-current=current.then_some("page") title=label>
            <Icon sign/>
            <span>{label}</span>
        </a>
    }
}
