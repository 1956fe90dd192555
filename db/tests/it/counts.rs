//! Nothing counts orders one by one without an end: their number is read from rollups, or up to a limit.

use std::fs;
use std::path::{Path, PathBuf};

/// Where what is counted has an end of its own.
const BOUNDED: [(&str, &str); 1] = [("rollups/witness.rs", "lines of one order")];

#[test]
fn no_statement_counts_orders_without_an_end() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut counted = Vec::new();
    for file in sources(&root) {
        let text = fs::read_to_string(&file).unwrap();
        let name = file.strip_prefix(&root).unwrap().display().to_string();
        counted.extend(of_orders(&text).into_iter().map(|statement| (name.clone(), statement)));
    }
    let loose: Vec<_> = counted.iter().filter(|(name, _)| !BOUNDED.iter().any(|(known, _)| known == name)).collect();
    assert!(loose.is_empty(), "{loose:#?}");
    for (known, why) in BOUNDED {
        assert!(counted.iter().any(|(name, _)| name == known), "{known} counts no {why} any more");
    }
}

#[test]
fn a_count_without_an_end_is_seen() {
    for loose in [
        "select count(*) from orders where x",
        "select count(*) filter (where a), 1\n from orders o",
        "count(*) from order_items",
    ] {
        assert_eq!(of_orders(loose).len(), 1, "{loose}");
    }
    for bounded in ["select count(*) from (select from orders limit 5) o", "select count(*) from stores"] {
        assert!(of_orders(bounded).is_empty(), "{bounded}");
    }
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let found = entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] });
    found.filter(|path| path.extension().is_some_and(|e| e == "rs")).collect()
}

// What stands between a count and the table that it counts, where that is one of the two large ones.
fn of_orders(text: &str) -> Vec<String> {
    let after = text.match_indices("count(*)").map(|(at, _)| &text[at..]);
    let upto = after.filter_map(|rest| {
        let from = rest.find("from ")?;
        let table: String = rest[from + 5..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        ["orders", "order_items"].contains(&table.as_str()).then(|| rest[..from + 5 + table.len()].to_owned())
    });
    upto.collect()
}
