//! The shape of rows that are still to come.

use leptos::prelude::*;

/// So many rows of the height of a table's, while there is nothing to show yet.
#[component]
pub fn Skeleton(
    /// How many rows.
    rows: usize,
    /// What is being loaded, for screen readers.
    #[prop(into)]
    what: String,
) -> impl IntoView {
    let row = || view! { <span class="skeleton-row"><span></span><span></span><span></span></span> };
    let rows = (0..rows).map(|_| row()).collect_view();
    view! { <div class="flex flex-col" role="status" aria-label=format!("Loading {what}")>{rows}</div> }
}
