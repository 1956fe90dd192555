//! What people see when a page cannot be shown: what happened, and what to do about it.

use domain::fields::FieldErrors;
use leptos::prelude::*;

use crate::document::{Document, Head, Theme};
use crate::frame::{PlatformFrame, TenantFrame, Visitor, bare};
use crate::ui::ButtonLink;
use crate::ui::field::sentence;

/// Why a page cannot be shown.
#[derive(Clone, Debug, Default)]
pub struct ErrorPage {
    /// The status code of the response.
    pub status: u16,
    /// What happened, in a few words.
    pub title: String,
    /// What it means and what to do.
    pub words: String,
    /// Everything wrong with what was sent.
    pub faults: FieldErrors,
    /// The request ID, under which the log has the cause.
    pub request_id: Option<String>,
}

/// What surrounds the page.
#[derive(Clone, Debug)]
pub enum Around {
    /// The bare frame: nobody is known to be signed in.
    Nobody(Theme),
    /// The bare frame of whoever is signed in.
    Person(Visitor),
    /// The frame of a tenant of theirs.
    Tenant(Box<TenantFrame>),
    /// The frame of the platform.
    Platform(PlatformFrame),
}

/// Renders the page. Without islands, and without a nonce unless in a frame, so that it can be shown in any state of the
/// server.
pub fn page(error: &ErrorPage, around: &Around) -> Document {
    let title = error.title.clone();
    match around {
        Around::Nobody(theme) => bare(&Head::plain(title, *theme), None, || body(error)),
        Around::Person(visitor) => bare(&Head::plain(title, visitor.theme), Some(visitor.clone()), || body(error)),
        Around::Tenant(frame) => frame.render(&title, || body(error)),
        Around::Platform(frame) => frame.render(&title, || body(error)),
    }
}

fn body(error: &ErrorPage) -> impl IntoView + use<> {
    let rows =
        error.faults.0.iter().map(|f| view! { <li><code>{f.field.clone()}</code>" "{sentence(&f.message)}</li> });
    let faults = (!error.faults.is_empty()).then(|| view! { <ul class="list-disc ps-4.5">{rows.collect_view()}</ul> });
    let request_id = error.request_id.clone().map(|id| view! { <p>"Request ID "<code>{id}</code></p> });
    view! {
        <div class="error-page">
            <p class="text-xs/5 text-quiet tabular-nums">{error.status}</p>
            <h1>{error.title.clone()}</h1>
            <p>{error.words.clone()}</p>
            {faults}
            {request_id}
            <div class="actions">
                <ButtonLink href="/" label="Go to the home page"/>
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_internal_error_names_its_request_and_needs_no_scripts() {
        let error = ErrorPage { status: 500, request_id: Some("01k7".into()), ..ErrorPage::default() };
        let html = page(&error, &Around::Nobody(Theme::System)).with_nonce("");
        assert!(html.contains("01k7") && html.contains("500"), "{html}");
        assert!(!html.contains("<script type=\"module\""), "{html}");
    }

    #[test]
    fn faults_are_escaped() {
        let faults = FieldErrors::one("<b>", "Remove <script>.");
        let html = page(&ErrorPage { status: 422, faults, ..ErrorPage::default() }, &Around::Nobody(Theme::Dark))
            .with_nonce("");
        assert!(html.contains("&lt;script&gt;") && !html.contains("<b>"), "{html}");
    }
}
