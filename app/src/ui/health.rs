//! A card of the board of health: one line that says how it is, a few figures, and the way on.

use leptos::prelude::*;

use super::icon::{Icon, Sign};
use super::pill::Tone;

/// How one part of the installation is. Quiet while all is well: only trouble has a colour.
#[component]
pub fn Health(
    /// Which part.
    title: &'static str,
    /// How it is.
    #[prop(into)]
    words: String,
    /// What that means.
    #[prop(optional)]
    tone: Tone,
    /// A few figures.
    #[prop(optional)]
    facts: Vec<(&'static str, String)>,
    /// Where there is more; none where there is not.
    #[prop(optional)]
    href: Option<&'static str>,
) -> impl IntoView {
    let sign = match tone {
        Tone::Attention => Some(Sign::Warning),
        Tone::Critical => Some(Sign::Stop),
        Tone::Neutral | Tone::Positive | Tone::Info => None,
    };
    let name = match href {
        Some(href) => view! { <a href=href>{title}</a> }.into_any(),
        None => title.into_any(),
    };
    let facts = facts.into_iter().map(|(label, value)| view! { <dt>{label}</dt><dd>{value}</dd> }).collect_view();
    view! {
        <section class=format!("card health {}", tone.as_str())>
            <h2>{name}</h2>
            <p class="health-status">{sign.map(|sign| view! { <Icon sign/> })}{words}</p>
            <dl class="sums">{facts}</dl>
        </section>
    }
}
