//! What views write as it stands, because they do not escape it, is written in one place each.

use std::fs;
use std::path::{Path, PathBuf};

// What a source may hold only in these files: markup whose text views leave alone, and ways around escaping.
const ONLY: [(&str, &[&str]); 7] = [
    ("<textarea", &["ui/field.rs"]),
    ("<script", &["document.rs"]),
    ("<style", &[]),
    // Their text is written in the source.
    ("<noscript", &["document.rs", "pages/imports/show.rs"]),
    ("<!--", &[]),
    ("inner_html", &["document.rs"]),
    ("InertElement::new", &["ui/html.rs"]),
];

#[test]
fn text_that_views_do_not_escape_has_one_way_into_a_page() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut read = 0;
    for file in sources(&root) {
        let name = file.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
        if name.starts_with("pages/tests/") {
            continue;
        }
        let source = fs::read_to_string(&file).unwrap();
        // Tests stand at the end, and may say what they look for.
        let source = source.split("#[cfg(test)]\nmod tests").next().unwrap();
        for (what, allowed) in ONLY {
            assert!(!source.contains(what) || allowed.contains(&name.as_str()), "{name} holds {what}");
        }
        read += 1;
    }
    assert!(read > 100, "{read}");
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
    found
}
