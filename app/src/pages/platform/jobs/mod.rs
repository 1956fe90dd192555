//! `/platform/jobs` and below it: the queue of everybody, and what may be done about it.

mod charts;
mod confirm;
mod list;
mod model;
mod overview;
mod running;
mod show;
mod standing;

pub use confirm::page as confirm;
pub use list::page as list;
pub use model::{Confirm, JobList, OneJob, Overview, Span};
pub use overview::page as overview;
pub use show::page as show;

use leptos::prelude::*;

use crate::ui::{Button, Look};

/// A form of one button: it leads to the page that says what follows and asks why.
pub(super) fn act(action: String, label: &'static str, about: &str) -> impl IntoView + use<> {
    let name = format!("{label}: {about}");
    view! {
        <form method="post" action=action>
            <button class="btn btn-small" type="submit" aria-label=name>{label}</button>
        </form>
    }
}

/// A button that sends `value` of `action` with the form it stands in.
fn choice(label: &'static str, value: &'static str, look: Look) -> impl IntoView {
    view! { <Button label name="action" value look/> }
}
