//! The frame of pages that belong to no tenant: sign-in, account, tenant chooser, errors.

use domain::calendar::Tz;
use leptos::prelude::*;

use super::Visitor;
use super::impersonation_bar::impersonation_bar;
use super::menu::PersonMenu;
use crate::document::{Document, Head, document};
use crate::ui::read_only;

/// Renders `body` under the bare frame; `visitor` is whoever is signed in.
pub fn bare<V: IntoView + 'static>(head: &Head, visitor: Option<Visitor>, body: impl FnOnce() -> V) -> Document {
    let changes_nothing = visitor.as_ref().is_some_and(Visitor::changes_nothing);
    let draw = || {
        let impersonation = visitor.as_ref().and_then(|visitor| visitor.impersonation.clone());
        let impersonation = impersonation_bar(impersonation, Tz::UTC);
        let menu = visitor.map(|visitor| view! { <PersonMenu visitor many_tenants=true/> });
        view! {
            <a class="skip" href="#main">"Skip to content"</a>
            {impersonation}
            <header class="bare-bar">
                <a class="brand" href="/"><Mark/>"Stoa"</a>
                {menu}
            </header>
            <main id="main" class="max-w-220">{body().into_any()}</main>
        }
    };
    read_only::within(changes_nothing, || document(head, draw))
}

/// The sign of the house: four columns under a roof.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
            <path d="M2 8.5 12 3l10 5.5v1.5H2zM4 12h2.4v6.5H4zM8.6 12H11v6.5H8.6zM13 12h2.4v6.5H13zM17.6 12H20v6.5h-2.4zM2 20h20v1.8H2z"></path>
        </svg>
    }
}
