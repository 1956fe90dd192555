//! The browser program: wakes the islands that the page holds. Nothing else runs in the browser.

// Names the crate whose islands are exported; without it they would vanish from the build.
use app as _;
use wasm_bindgen::prelude::wasm_bindgen;

/// Called once by the page before it hands over its islands.
#[wasm_bindgen]
pub fn hydrate() {
    #[cfg(debug_assertions)]
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}
