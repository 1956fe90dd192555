//! The most frequent description of each stock code of a file.

use std::collections::HashMap;

use domain::text;

/// Most different descriptions of one code that are compared; later ones are not counted.
const MAX_CANDIDATES: usize = 64;
/// Longest description that is counted, in bytes: four for each character that a title may have.
const MAX_LENGTH: usize = 2_000;

/// Counts descriptions by stock code. Its memory grows with the number of codes, not of lines.
#[derive(Debug, Default)]
pub struct Titles {
    by_sku: HashMap<Box<str>, Vec<(Box<str>, u32)>>,
}

impl Titles {
    /// Takes note of a line.
    pub fn count(&mut self, sku: &str, description: &str) {
        if sku.is_empty() || description.is_empty() || description.len() > MAX_LENGTH || description.contains('\0') {
            return;
        }
        // As the lines of its orders have it.
        let description = &*text::on_one_line(description);
        let Some(candidates) = self.by_sku.get_mut(sku) else {
            self.by_sku.insert(sku.into(), vec![(description.into(), 1)]);
            return;
        };
        if let Some((_, count)) = candidates.iter_mut().find(|(known, _)| **known == *description) {
            *count = count.saturating_add(1);
        } else if candidates.len() < MAX_CANDIDATES {
            candidates.push((description.into(), 1));
        }
    }

    /// The most frequent description of `sku`, the first seen among equals.
    pub fn of(&self, sku: &str) -> Option<&str> {
        let candidates = self.by_sku.get(sku)?;
        let best = candidates.iter().map(|(_, count)| *count).max()?;
        candidates.iter().find(|(_, count)| *count == best).map(|(title, _)| &**title)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_wins_and_the_first_among_equals() {
        let mut titles = Titles::default();
        for (sku, text) in [
            ("a", "one"),
            ("a", "t\nwo"),
            ("a", ""),
            ("a", "t wo"),
            ("a", "\0"),
            ("a", "\0"),
            ("a", "\0"),
            ("b", "x"),
            ("b", "y"),
            ("", "z"),
        ] {
            titles.count(sku, text);
        }
        assert_eq!(
            (titles.of("a"), titles.of("b"), titles.of("c"), titles.of("")),
            (Some("t wo"), Some("x"), None, None)
        );
    }
}
