//! The rooms of a tenant, or of the platform: a rail at the left, a bar at the bottom of a phone.

use leptos::prelude::*;

use super::bare::Mark;
use crate::ui::Html;
use crate::ui::icon::{Sign, write_icon};

// What a link takes, roughly.
const ROOM_BYTES: usize = 512;

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
    /// The rooms, as [`links`] writes them.
    links: Html,
) -> impl IntoView {
    view! {
        <nav class="rail" aria-label="Main navigation">
            <a class="brand" href=home aria-label="Stoa"><Mark/><span>{name}</span></a>
            {links.view()}
        </nav>
    }
}

/// The same rooms at the bottom of a phone.
#[component]
pub fn BottomBar(
    /// The rooms, as [`links`] writes them.
    links: Html,
) -> impl IntoView {
    view! {
        <nav class="bottom" aria-label="Bottom navigation">{links.view()}</nav>
    }
}

/// A link into each room. Every page holds them twice, so they are written once and without views.
pub fn links(rooms: &[Room]) -> Html {
    let mut html = Html::with_capacity(rooms.len() * ROOM_BYTES);
    for room in rooms {
        html.markup("<a class=\"nav-link\"").attribute("href", Some(&room.href));
        html.attribute("aria-current", room.current.then_some("page")).attribute("title", Some(room.label)).markup(">");
        write_icon(&mut html, room.sign);
        html.markup("<span>").text(room.label).markup("</span></a>");
    }
    html
}
