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
        <nav class="rail" aria-label="Rooms">
            <a class="brand" href=home aria-label="Stoa"><Mark/><span>{name}</span></a>
            {links(rooms)}
        </nav>
    }
}

/// The same rooms at the bottom of a phone.
#[component]
pub fn BottomBar(
    /// The rooms.
    rooms: Vec<Room>,
) -> impl IntoView {
    view! {
        <nav class="bottom" aria-label="Rooms, at hand">{links(rooms)}</nav>
    }
}

fn links(rooms: Vec<Room>) -> impl IntoView {
    let link = |room: Room| {
        view! {
            <a class="room" href=room.href aria-current=room.current.then_some("page") title=room.label>
                <Icon sign=room.sign/>
                <span>{room.label}</span>
            </a>
        }
    };
    rooms.into_iter().map(link).collect_view()
}
