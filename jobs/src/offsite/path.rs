//! Names of files inside the off-site folder.

use std::fmt;
use std::str::FromStr;

/// A relative path of plain segments, `a/b/c`: it cannot leave the folder, nor look like a temporary file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OffsitePath(String);

impl OffsitePath {
    /// The path with slashes.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// This path and `name` below it.
    ///
    /// # Errors
    /// When `name` is no relative path.
    pub fn join(&self, name: &str) -> Result<Self, String> {
        format!("{}/{name}", self.0).parse()
    }

    /// The part of the path below `prefix`.
    pub fn below(&self, prefix: &Self) -> Option<&str> {
        self.0.strip_prefix(&prefix.0)?.strip_prefix('/')
    }

    /// The last segment.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }
}

impl FromStr for OffsitePath {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split('/').find(|segment| !is_plain(segment)) {
            Some(segment) => Err(format!("'{text}' is not a valid off-site name because of '{segment}'")),
            None => Ok(Self(text.to_owned())),
        }
    }
}

impl fmt::Display for OffsitePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

// Short enough for a temporary name made of it; a dot in front is kept for those.
fn is_plain(segment: &str) -> bool {
    (1..=200).contains(&segment.len())
        && !segment.starts_with('.')
        && segment.bytes().all(|b| b.is_ascii_graphic() && b != b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_relative_paths_are_names() {
        for good in ["a", "shop/2026-03-01/orders.csv.zst", "a/b=c_d-e.1"] {
            assert!(good.parse::<OffsitePath>().is_ok(), "{good}");
        }
        for bad in ["", "/a", "a/", "a//b", "..", "a/../b", ".a", "a b", "a\nb", "a\\b", "ü", &"x".repeat(201)] {
            assert!(bad.parse::<OffsitePath>().is_err(), "{bad}");
        }
    }

    #[test]
    fn paths_know_what_is_below() {
        let (prefix, path): (OffsitePath, OffsitePath) = ("a/b".parse().unwrap(), "a/b/c/d".parse().unwrap());
        assert_eq!((path.below(&prefix), path.name()), (Some("c/d"), "d"));
        assert_eq!("a/bc".parse::<OffsitePath>().unwrap().below(&prefix), None);
        assert_eq!(prefix.join("c/d").unwrap(), path);
    }
}
