//! A filter that is set, as a link that takes it away.

use leptos::prelude::*;

use super::icon::{Icon, Sign};

/// The link.
#[component]
pub fn Chip(
    /// The list without the filter.
    href: String,
    /// The filter in words.
    words: String,
) -> impl IntoView {
    let label = format!("Remove filter: {words}");
    view! {
        <a class="chip" href=href aria-label=label>
            <span dir="auto">{words}</span>
            <Icon sign=Sign::Close/>
        </a>
    }
}
