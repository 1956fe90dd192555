//! Cards, and the header of a page.

use leptos::prelude::*;

/// A part of a page with a hairline around it.
#[component]
pub fn Card(
    /// Its heading; none for a part that speaks for itself.
    #[prop(optional, into)]
    title: Option<String>,
    /// What stands at the right of the heading.
    #[prop(optional, into)]
    aside: Option<AnyView>,
    /// Whether the content reaches the card's edges, as tables do.
    #[prop(optional)]
    flush: bool,
    /// The content.
    children: Children,
) -> impl IntoView {
    let head = title.map(|title| {
        view! {
            <div class="card-head">
                <h2>{title}</h2>
                {aside}
            </div>
        }
    });
    view! {
        <section class=if flush { "card card-flush" } else { "card" }>
            {head}
            {children()}
        </section>
    }
}

/// The heading of a page, with its actions at the right.
#[component]
pub fn PageHeader(
    /// The page's name.
    #[prop(into)]
    title: String,
    /// A quieter line below.
    #[prop(optional, into)]
    note: Option<AnyView>,
    /// Where it came from: address and name.
    #[prop(optional)]
    back: Option<(String, &'static str)>,
    /// What can be done here.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let back = back.map(|(href, name)| view! { <a class="crumb" href=href>{name}</a> });
    view! {
        <header class="page-head">
            <div class="min-w-0">
                {back}
                <h1>{title}</h1>
                {note.map(|note| view! { <p class="note">{note}</p> })}
            </div>
            {children.map(|children| view! { <div class="actions">{children()}</div> })}
        </header>
    }
}
