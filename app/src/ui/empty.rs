//! What stands where there is nothing to show.

use leptos::prelude::*;

/// Says why there is nothing, and what to do about it.
#[component]
pub fn Empty(
    /// What is missing.
    #[prop(into)]
    title: String,
    /// Why, and the next step.
    #[prop(into)]
    text: String,
    /// The next step as a link or button.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <p class="empty-title">{title}</p>
            <p>{text}</p>
            {children.map(|children| view! { <div class="actions">{children()}</div> })}
        </div>
    }
}
