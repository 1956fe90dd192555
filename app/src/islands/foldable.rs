//! A part of a page that can be folded away. What is in it comes from the server, and may hold other islands, which know of it.

use leptos::prelude::*;

/// Whether the part around an island is folded away: its context.
#[derive(Clone, Copy)]
struct IsFolded(RwSignal<bool>);

/// The part, and a button for it. Without scripts it is always open and has no button.
#[island]
pub fn Foldable(
    /// What the button says.
    label: String,
    /// The content.
    children: Children,
) -> impl IntoView {
    let (is_folded, is_awake) = (RwSignal::new(false), RwSignal::new(false));
    provide_context(IsFolded(is_folded));
    // An effect: what the server drew must be drawn the same way before anything changes.
    Effect::new(move |_| is_awake.set(true));
    view! {
        <div class="stack">
            <button
                type="button"
                class="btn"
                hidden=move || !is_awake.get()
                aria-expanded=move || (!is_folded.get()).to_string()
                on:click=move |_| is_folded.update(|is_folded| *is_folded = !*is_folded)
            >
                {label}
            </button>
            <div hidden=move || is_folded.get()>{children()}</div>
        </div>
    }
}

/// How often the part around it was folded away; 0 where there is none.
#[island]
pub fn FoldedCount() -> impl IntoView {
    let count = RwSignal::new(0_u32);
    if let Some(IsFolded(is_folded)) = use_context::<IsFolded>() {
        Effect::new(move |_| {
            if is_folded.get() {
                count.update(|n| *n += 1);
            }
        });
    }
    view! { <output>{move || count.get()}</output> }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::render::render;

    #[test]
    fn an_island_holds_content_of_the_server_and_other_islands() {
        let html = render(|| {
            view! { <Foldable label="Fold".to_owned()><p>"Plain "<FoldedCount/></p></Foldable> }
        });
        let (outer, inner) = html.split_once("<leptos-children>").unwrap();
        assert!(outer.starts_with("<leptos-island data-component=\"Foldable_"), "{html}");
        // What the browser needs to know of the outer one; the content is not sent a second time.
        assert!(outer.contains("data-props=\"{&quot;label&quot;:&quot;Fold&quot;}\""), "{html}");
        assert!(inner.starts_with("<p>Plain <leptos-island data-component=\"FoldedCount_"), "{html}");
        assert!(inner.contains("</leptos-island></p></leptos-children>"), "{html}");
    }
}
