//! What people see when a page cannot be shown: what happened, and what to do about it.

use domain::fields::FieldErrors;
use leptos::prelude::*;

use crate::document::{Head, Rendered, Theme};
use crate::frame::bare;
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
    /// The number under which the log has the cause.
    pub incident: Option<String>,
}

/// Renders the page. Without scripts and without a nonce, so that it can be shown in any state of the server.
pub fn page(error: ErrorPage, theme: Theme) -> Rendered {
    bare(&Head::plain(error.title.clone(), theme), None, || {
        let rows =
            error.faults.0.iter().map(|f| view! { <li><code>{f.field.clone()}</code>" "{sentence(&f.message)}</li> });
        let faults = (!error.faults.is_empty()).then(|| view! { <ul class="faults">{rows.collect_view()}</ul> });
        let incident = error.incident.map(|number| view! { <p class="incident">"Incident "<code>{number}</code></p> });
        view! {
            <div class="error-page">
                <p class="error-code">{error.status}</p>
                <h1>{error.title}</h1>
                <p>{error.words}</p>
                {faults}
                {incident}
                <div class="actions">
                    <ButtonLink href="/" label="Go to the start page"/>
                </div>
            </div>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_incident_is_numbered_and_needs_no_scripts() {
        let error = ErrorPage { status: 500, incident: Some("01k7".into()), ..ErrorPage::default() };
        let html = page(error, Theme::System).with_nonce("");
        assert!(html.contains("01k7") && html.contains("500"), "{html}");
        assert!(!html.contains("<script type=\"module\""), "{html}");
    }

    #[test]
    fn faults_are_escaped() {
        let faults = FieldErrors::one("<b>", "must not hold <script>");
        let html = page(ErrorPage { status: 422, faults, ..ErrorPage::default() }, Theme::Dark).with_nonce("");
        assert!(html.contains("&lt;script&gt;") && !html.contains("<b>"), "{html}");
    }
}
