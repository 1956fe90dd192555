//! The usual views of a list, one link each.

use leptos::prelude::*;

/// Links of which one is open.
#[component]
pub fn Tabs(
    /// What they choose between, for screen readers.
    label: &'static str,
    /// The links: [`Tab`]s.
    children: Children,
) -> impl IntoView {
    view! { <nav class="tabs" aria-label=label>{children()}</nav> }
}

/// One of them.
#[component]
pub fn Tab(
    /// Where it leads.
    href: String,
    /// What is there.
    label: &'static str,
    /// Whether it is the page that is shown.
    current: bool,
    /// How many things are there; left out where it is none.
    #[prop(optional_no_strip)]
    count: Option<String>,
) -> impl IntoView {
    let count = count.map(|count| view! { " "<span class="tab-count">{count}</span> });
    view! { <a href=href aria-current=current.then_some("page")>{label}{count}</a> }
}
