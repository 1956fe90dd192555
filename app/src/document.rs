//! The HTML document around every page: head, styles, scripts, and the nonce that is filled in per response.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::{Arc, LazyLock, OnceLock};

use bytes::Bytes;
use leptos::prelude::*;

use crate::render::render;
use crate::ui::read_only;

/// Stands in rendered pages wherever the response's nonce goes, so that they can be kept and sent again. Different in
/// every process: nobody can write a text that would be taken for it.
static NONCE: LazyLock<String> = LazyLock::new(|| {
    let random = || RandomState::new().build_hasher().finish();
    format!("nonce-{:016x}{:016x}", random(), random())
});

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

/// A rendered page, cut where nonces go. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Rendered {
    pieces: Arc<[Bytes]>,
}

impl db::cache::Weighed for Rendered {
    fn bytes(&self) -> usize {
        self.pieces.iter().map(Bytes::len).sum()
    }
}

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

impl Rendered {
    /// Cuts `html` where nonces go.
    pub fn new(html: String) -> Self {
        let html = Bytes::from(html);
        let (mut pieces, mut begin) = (Vec::with_capacity(2), 0);
        for at in memchr::memmem::find_iter(&html, NONCE.as_bytes()) {
            pieces.push(html.slice(begin..at));
            begin = at + NONCE.len();
        }
        pieces.push(html.slice(begin..));
        Self { pieces: pieces.into() }
    }

    /// The page's pieces, UTF-8; a nonce goes between each two.
    pub fn pieces(&self) -> &Arc<[Bytes]> {
        &self.pieces
    }

    /// The page with `nonce` filled in.
    pub fn with_nonce(&self, nonce: &str) -> String {
        String::from_utf8_lossy(&self.pieces.join(nonce.as_bytes())).into_owned()
    }
}

/// Renders `body` inside the document.
pub fn document<V: IntoView + 'static>(head: &Head, body: impl FnOnce() -> V) -> Rendered {
    let html = render(|| {
        view! {
            <!DOCTYPE html>
            <html lang="en" data-theme=head.theme.as_str()>
                <head>{head_of(head)}</head>
                <body>{body().into_any()}</body>
            </html>
        }
    });
    Rendered::new(if read_only::is_on() { read_only::without_writes(&html) } else { html })
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
        {(head.scripts == Scripts::Islands).then(|| view! { <script src="/stream.js" defer=true></script> })}
        {(head.scripts == Scripts::Islands).then(|| waking(assets))}
    }
}

// Loads the browser program and hands every island on the page to it. Our islands hold no other islands.
fn waking(assets: &Assets) -> impl IntoView {
    let Assets { js, wasm, .. } = assets;
    let script = format!(
        "import({js:?}).then(async m=>{{await m.default({{module_or_path:{wasm:?}}});m.hydrate();\
         for(const e of document.querySelectorAll('leptos-island'))m[e.dataset.component]?.(e)}})"
    );
    // Views leave what stands in a script as it is: no address may end it.
    let script = script.replace('<', "\\x3c");
    view! {
        <link rel="modulepreload" href=js.clone()/>
        <link rel="preload" href=wasm.clone() r#as="fetch" r#type="application/wasm" crossorigin=""/>
        <script type="module" nonce=NONCE.as_str() inner_html=script></script>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nonce_is_filled_in_per_response_and_only_where_scripts_are() {
        let head = Head { scripts: Scripts::Islands, ..Head::plain("A <b>", Theme::Dark) };
        let page = document(&head, || view! { <main>"x"</main> });
        let html = page.with_nonce("abc");
        assert!(html.starts_with("<!DOCTYPE html><html lang=\"en\" data-theme=\"dark\">"), "{html}");
        assert!(html.contains("nonce=\"abc\"") && !html.contains(NONCE.as_str()), "{html}");
        assert!(html.contains("<title>A &lt;b&gt; · Stoa</title>"), "{html}");
        let plain = document(&Head::plain("A", Theme::System), || view! { <main>"x"</main> });
        assert!(!plain.with_nonce("abc").contains("abc"));
    }
}
