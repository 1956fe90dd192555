//! The environment as a map, so that tests can bring their own.

use std::collections::HashMap;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use super::Faults;

/// Variables by name.
#[derive(Clone, Debug, Default)]
pub struct Vars(HashMap<String, String>);

impl Vars {
    /// Those of this process. Values that are not UTF-8 can be no setting and are left out.
    pub fn of_process() -> Self {
        Self(std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?))).collect())
    }

    /// Replaces or adds a variable.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.0.insert(name.to_owned(), value.to_owned());
        self
    }

    /// The text of a variable, if it has any.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// `true` or `false`.
    pub(super) fn switch(&self, name: &'static str, default: bool, faults: &mut Faults) -> bool {
        match self.text(name) {
            None => default,
            Some("true" | "1" | "yes" | "on") => true,
            Some("false" | "0" | "no" | "off") => false,
            Some(other) => {
                faults.add(name, format!("Use true or false, not '{other}'."));
                default
            }
        }
    }

    /// A number within `range`.
    pub(super) fn number<T>(&self, name: &'static str, default: T, range: RangeInclusive<T>, faults: &mut Faults) -> T
    where
        T: FromStr + PartialOrd + Display + Copy,
    {
        let Some(text) = self.text(name) else { return default };
        match text.parse::<T>() {
            Ok(number) if range.contains(&number) => number,
            _ => {
                let (least, most) = (range.start(), range.end());
                faults.add(name, format!("Use a whole number from {least} to {most}, not '{text}'."));
                default
            }
        }
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Vars {
    fn from(pairs: [(&str, &str); N]) -> Self {
        Self(pairs.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect())
    }
}
