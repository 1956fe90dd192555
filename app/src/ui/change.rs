//! How a figure changed, as it is seen: arrow and words. The words are those of `domain::change`.

pub use domain::change::{Change, Direction};
use leptos::prelude::*;

use super::icon::{Icon, Sign};
use super::pill::Tone;

/// Whether more of a figure is good news.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// As of sales.
    More,
    /// As of returns.
    Less,
}

/// Shows a change; `against` says beside what, for screen readers.
#[component]
pub fn ChangeMark(
    /// The change.
    change: Change,
    /// Whether more is good news.
    better: Better,
    /// With what it is compared.
    #[prop(into)]
    against: String,
) -> impl IntoView {
    let tone = match (change.direction, better) {
        (Direction::Level, _) => Tone::Neutral,
        (Direction::Up, Better::More) | (Direction::Down, Better::Less) => Tone::Positive,
        (Direction::Down, Better::More) | (Direction::Up, Better::Less) => Tone::Critical,
    };
    let (sign, way) = match change.direction {
        Direction::Up => (Some(Sign::ArrowUp), "up "),
        Direction::Down => (Some(Sign::ArrowDown), "down "),
        Direction::Level => (None, ""),
    };
    view! {
        <span class=format!("change {}", tone.as_str()) title=format!("Compared with: {against}")>
            {sign.map(|sign| view! { <Icon sign/> })}
            <span class="sr-only">{way}</span>
            {change.words}
        </span>
    }
}
