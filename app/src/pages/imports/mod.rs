//! `/t/{tenant}/imports` and below it: choose a file, check it, run it.

mod form;
mod list;
mod model;
mod outcome;
mod preview;
mod problems;
mod show;

pub use form::page as new;
pub use list::page as index;
pub use model::{ImportForm, ImportIndex, ImportPage};
pub use show::page as show;

use leptos::prelude::*;

/// The three steps of an import; `at` is the one that the page is in, from 1.
fn steps(at: usize) -> impl IntoView {
    let step = |(n, words): (usize, &'static str)| {
        let current = (n == at).then_some("step");
        let class = if n < at { "step over" } else { "step" };
        view! { <li class=class aria-current=current><span class="step-number">{n}</span>{words}</li> }
    };
    let steps = [(1, "Upload"), (2, "Review"), (3, "Import")].map(step).into_iter().collect_view();
    view! { <ol class="steps" aria-label="Steps">{steps}</ol> }
}
