//! Draws views in tests: the owner that leptos_axum makes for each response is here one for each test's thread.

use std::sync::Arc;

use hydration_context::{SharedContext, SsrSharedContext};
use leptos::nonce::Nonce;
use leptos::prelude::*;
use leptos::tachys::view::RenderHtml;

// Found again in the HTML, where a test says which nonce the page has.
const NONCE: &str = "the-nonce-of-this-test";

thread_local! {
    // Never dropped: what it cleans up may be gone before it at the end of a thread.
    static OWNER: &'static Owner = {
        let shared: Arc<dyn SharedContext + Send + Sync> = Arc::new(SsrSharedContext::new_islands());
        let owner = Owner::new_root(Some(shared));
        owner.with(|| provide_context(Nonce::from_value(NONCE)));
        Box::leak(Box::new(owner))
    };
}

/// Builds and draws `view`.
pub fn render<V: IntoView>(view: impl FnOnce() -> V) -> String {
    enter();
    view().into_view().to_html()
}

/// Makes the owner of this test the current one. It stays: a page is drawn after the function that builds it has returned.
pub fn enter() {
    OWNER.with(|owner| owner.set());
}

/// `html` with the nonce of the response.
pub fn filled_in(html: &str, nonce: &str) -> String {
    html.replace(NONCE, nonce)
}
