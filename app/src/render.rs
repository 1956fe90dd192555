//! From a view to HTML, at once and without waiting for anything: pages get their data ready made.

use std::sync::Arc;

use hydration_context::{SharedContext, SsrSharedContext};
use leptos::prelude::*;

/// Renders what `view` builds. Islands in it are marked for the browser, the rest is plain HTML.
pub fn render<V: IntoView>(view: impl FnOnce() -> V) -> String {
    let shared: Arc<dyn SharedContext + Send + Sync> = Arc::new(SsrSharedContext::new_islands());
    let owner = Owner::new_root(Some(shared));
    let html = owner.with(|| view().into_view().to_html());
    owner.unset_with_forced_cleanup();
    html
}
