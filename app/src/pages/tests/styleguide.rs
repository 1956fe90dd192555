//! The style guide: every component in it, and its ids unique.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::fixtures::now;
use super::{assert_clean, attributes, texts};
use crate::document::Theme;
use crate::pages::styleguide;

#[test]
fn every_component_is_shown() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let read = |folder: &str| -> Vec<String> {
        let files = fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path());
        files.filter(|path| path.is_file()).map(|path| fs::read_to_string(path).unwrap()).collect()
    };
    let guide = read("pages/styleguide").concat();
    let sources = read("ui").concat();
    let components: Vec<&str> =
        sources.split("#[component]\npub fn ").skip(1).filter_map(|rest| rest.split('(').next()).collect();
    assert!(components.len() > 25, "{components:?}");
    let missing: Vec<&&str> = components.iter().filter(|name| !guide.contains(&format!("<{name}"))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_page_is_whole_and_its_islands_are_nested() {
    let html = styleguide::page(Theme::Light, now()).with_nonce("N");
    assert_clean(&html);
    let ids = attributes(&html, "main [id]", "id");
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{ids:?}");
    assert_eq!(texts(&html, "leptos-island leptos-children leptos-island output"), ["0"]);
    assert_eq!(texts(&html, "leptos-island output"), ["0", "0"]);
}
