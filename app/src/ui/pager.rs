//! The way to newer and older rows.

use leptos::prelude::*;

use super::icon::{Icon, Sign};

/// Links to the neighbouring pages; a missing one is shown, but leads nowhere.
#[component]
pub fn Pager(
    /// Address of newer rows.
    newer: Option<String>,
    /// Address of older rows.
    older: Option<String>,
    /// What stands between them.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <nav class="pager" aria-label="Pages">
            {step(newer, "Newer", "prev", Sign::ArrowLeft)}
            {step(older, "Older", "next", Sign::ArrowRight)}
            {children.map(|children| view! { <div class="ms-auto flex flex-wrap gap-x-4.5 gap-y-1">{children()}</div> })}
        </nav>
    }
}

fn step(href: Option<String>, label: &'static str, rel: &'static str, sign: Sign) -> AnyView {
    let words =
        if rel == "prev" { view! { <Icon sign/>{label} }.into_any() } else { view! { {label}<Icon sign/> }.into_any() };
    match href {
        Some(href) => view! { <a class="btn" rel=rel href=href>{words}</a> }.into_any(),
        None => view! { <span class="btn btn-off" aria-disabled="true">{words}</span> }.into_any(),
    }
}
