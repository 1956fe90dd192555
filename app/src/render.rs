//! From a view to HTML, at once and without waiting for anything: pages get their data ready made.

use std::sync::Arc;

use hydration_context::{SharedContext, SsrSharedContext};
use leptos::prelude::*;
use leptos::tachys::view::{Position, RenderHtml};

// As long as most pages are.
const PAGE_BYTES: usize = 64 * 1024;

/// Renders what `view` builds. Islands in it are marked for the browser, the rest is plain HTML.
pub fn render<V: IntoView>(view: impl FnOnce() -> V) -> String {
    let shared: Arc<dyn SharedContext + Send + Sync> = Arc::new(SsrSharedContext::new_islands());
    let owner = Owner::new_root(Some(shared));
    // What `to_html` does, in a buffer that seldom has to grow: growing copies all that was written.
    let mut html = String::with_capacity(PAGE_BYTES);
    owner.with(|| {
        view().into_view().to_html_with_buf(&mut html, &mut Position::FirstChild, true, false, Vec::new());
    });
    owner.unset_with_forced_cleanup();
    // Small pages may be kept, and then take no more than they need.
    if html.len() < PAGE_BYTES / 2 {
        html.shrink_to_fit();
    }
    html
}
