//! The HTML document around every page: head, styles and scripts. A page is a view until the server draws it
//! (`server/src/pages/draw.rs`), under an owner that knows the nonce of the response.

use std::sync::OnceLock;

use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos::tachys::view::{Position, RenderHtml};

use crate::ui::read_only;

// As long as most pages are.
const PAGE_BYTES: usize = 64 * 1024;

static ASSETS: OnceLock<Assets> = OnceLock::new();

/// Addresses of the built files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assets {
    /// The style sheet.
    pub css: String,
    /// The loader of the browser program.
    pub js: String,
    /// The browser program.
    pub wasm: String,
}

/// Light, dark, or as the device has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Theme {
    /// As the device has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// Whether a page holds islands and so needs the browser program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scripts {
    /// No islands.
    None,
    /// Some.
    Islands,
    /// Some, and they follow the tenant's feed.
    Feed,
}

/// What the head says about a page.
#[derive(Clone, Debug)]
pub struct Head {
    /// The page's title; the name of the program follows it.
    pub title: String,
    /// The theme of whoever looks.
    pub theme: Theme,
    /// Whether islands must be woken.
    pub scripts: Scripts,
    /// Whether parts of it keep themselves up to date (`/live.js`).
    pub live: bool,
    /// Without scripts, load the page again after so many seconds.
    pub reload: Option<u32>,
}

/// A page as a view. It belongs to the owner under which it was built, and is drawn under it.
pub struct Document(AnyView);

// Whether what sends a change is left out of the page that is being drawn.
#[derive(Clone, Copy)]
struct IsReadOnly(bool);

impl Default for Assets {
    fn default() -> Self {
        let name = |kind: &str| format!("/pkg/stoa.{kind}");
        Self { css: name("css"), js: name("js"), wasm: name("wasm") }
    }
}

impl Assets {
    /// Makes these the addresses that all pages use. The first call counts; without one, names have no hashes.
    pub fn install(self) {
        let _first = ASSETS.set(self);
    }

    fn installed() -> &'static Self {
        ASSETS.get_or_init(Self::default)
    }
}

impl Theme {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// As it stands in the cookie and in the document.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Reads a cookie's value; anything unknown is [`Theme::System`].
    pub fn read(text: &str) -> Self {
        Self::ALL.into_iter().find(|theme| theme.as_str() == text).unwrap_or_default()
    }
}

impl Head {
    /// A page without islands.
    pub fn plain(title: impl Into<String>, theme: Theme) -> Self {
        Self { title: title.into(), theme, scripts: Scripts::None, live: false, reload: None }
    }
}

impl Document {
    /// The view, for whoever draws it.
    pub fn into_view(self) -> AnyView {
        self.0
    }
}

/// Builds `body` inside the document.
pub fn document<V: IntoView + 'static>(head: &Head, body: impl FnOnce() -> V) -> Document {
    #[cfg(test)]
    crate::render::enter();
    provide_context(IsReadOnly(read_only::is_on()));
    let view = view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=head.theme.as_str()>
            <head>{head_of(head)}</head>
            <body>{body().into_any()}</body>
        </html>
    };
    Document(view.into_any())
}

/// The HTML of a document's view, under the owner that it was built under.
pub fn draw(view: AnyView) -> String {
    // What `to_html` does, in a buffer that seldom has to grow: growing copies all that was written.
    let mut html = String::with_capacity(PAGE_BYTES);
    view.to_html_with_buf(&mut html, &mut Position::FirstChild, true, false, Vec::new());
    match use_context() {
        Some(IsReadOnly(true)) => read_only::without_writes(&html),
        _ => html,
    }
}

fn head_of(head: &Head) -> impl IntoView {
    let assets = Assets::installed();
    let scheme = match head.theme {
        Theme::System => "light dark",
        theme => theme.as_str(),
    };
    let reload = head
        .reload
        .map(|seconds| view! { <noscript><meta http-equiv="refresh" content=seconds.to_string()/></noscript> });
    view! {
        <meta charset="utf-8"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta name="color-scheme" content=scheme/>
        <title>{format!("{} · Stoa", head.title)}</title>
        <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
        <link rel="stylesheet" href=assets.css.clone()/>
        {reload}
        <script src="/keys.js" defer=true></script>
        {head.live.then(|| view! { <script src="/live.js" defer=true></script> })}
        {(head.scripts == Scripts::Feed).then(|| view! { <script src="/stream.js" defer=true></script> })}
        {(head.scripts != Scripts::None).then(|| waking(assets))}
    }
}

// Loads the browser program and hands every island to it, each before those within it. An island among the children of
// another is told first whose child it is, so that it has the contexts of that one. Those come last: whoever is handed over
// afterwards would have these contexts too.
fn waking(assets: &Assets) -> impl IntoView {
    let Assets { js, wasm, .. } = assets;
    let script = format!(
        "import({js:?}).then(async m=>{{await m.default({{module_or_path:{wasm:?}}});m.hydrate();\
         const all=[...document.querySelectorAll('leptos-island')],outer=e=>e.parentElement.closest('leptos-children');\
         for(const e of [...all.filter(e=>!outer(e)),...all.filter(outer)]){{\
         outer(e)?.$$on_hydrate?.();await m[e.dataset.component]?.(e)}}}})"
    );
    // Views leave what stands in a script as it is: no address may end it.
    let script = script.replace('<', "\\x3c");
    view! {
        <link rel="modulepreload" href=js.clone()/>
        <link rel="preload" href=wasm.clone() r#as="fetch" r#type="application/wasm" crossorigin=""/>
        <script type="module" nonce=use_nonce() inner_html=script></script>
    }
}

#[cfg(test)]
impl Document {
    /// The page as HTML, with this nonce.
    pub fn with_nonce(self, nonce: &str) -> String {
        crate::render::filled_in(&draw(self.0), nonce)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_with_islands_have_a_nonce() {
        let head = Head { scripts: Scripts::Islands, ..Head::plain("A <b>", Theme::Dark) };
        let html = document(&head, || view! { <main>"x"</main> }).with_nonce("abc");
        assert!(html.starts_with("<!DOCTYPE html><html lang=\"en\" data-theme=\"dark\">"), "{html}");
        assert!(html.contains("nonce=\"abc\""), "{html}");
        assert!(html.contains("<title>A &lt;b&gt; · Stoa</title>"), "{html}");
        let plain = document(&Head::plain("A", Theme::System), || view! { <main>"x"</main> });
        assert!(!plain.with_nonce("abc").contains("abc"));
    }
}
