//! A figure with its label: the cards of dashboards and overviews.

use leptos::either::Either;
use leptos::prelude::*;

/// A card with one figure.
#[component]
pub fn Figure(
    /// What it measures.
    label: &'static str,
    /// The figure.
    value: AnyView,
    /// Number of characters of the figure: from eleven on it is set smaller, so that it fits the card.
    #[prop(optional)]
    characters: usize,
    /// The list behind it. With it, the card is a link.
    #[prop(optional, into)]
    href: Option<String>,
    /// Its change, or a note.
    #[prop(optional)]
    foot: Option<AnyView>,
) -> impl IntoView {
    let class = match characters {
        0..=10 => "figure-value",
        11..=13 => "figure-value long",
        _ => "figure-value longer",
    };
    let foot = foot.map(|foot| view! { <span class="figure-foot">{foot}</span> });
    let content = view! { <span class="figure-label">{label}</span><span class=class>{value}</span>{foot} };
    match href {
        Some(href) => Either::Left(view! { <a class="card figure" href=href>{content}</a> }),
        None => Either::Right(view! { <section class="card figure">{content}</section> }),
    }
}
