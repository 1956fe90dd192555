//! Faults of an input, each with the field it concerns. All of them are collected, so that
//! a person or a program can repair everything at once.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

/// One fault: which field (`items[2].quantity`), and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// Path of the field in the input, as its author wrote it.
    pub field: String,
    /// What is wrong, in words that name the next step.
    pub message: String,
}

/// Most faults of one input that are kept; one more says that there are others. What costs its author three bytes must not
/// cost a hundred here without an end.
pub const MOST_FAULTS: usize = 100;

/// The faults of one input, [`MOST_FAULTS`] of them at most; empty means that it is good.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldErrors(pub Vec<FieldError>);

/// What is said of a parameter that an address has twice.
pub const TWICE: &str = "This is set more than once. Only the first value counts.";

/// What is said of a parameter that a page does not have.
pub const UNKNOWN: &str = "This filter does not exist.";

impl FieldErrors {
    /// Hands the pairs of a query string to `set`, trimmed and each name once; empty values mean nothing. A fault for
    /// everything that `set` refuses, that is given twice, or that holds control characters.
    pub fn of_pairs<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
        mut set: impl FnMut(&str, &str) -> Result<(), String>,
    ) -> Self {
        let (mut faults, mut seen) = (Self::default(), Vec::new());
        for (name, value) in pairs.into_iter().map(|(n, v)| (n, v.trim())).filter(|(_, v)| !v.is_empty()) {
            let understood = if seen.contains(&name) {
                Err(TWICE.into())
            } else if value.chars().any(char::is_control) {
                Err("Remove control characters.".into())
            } else {
                set(name, value)
            };
            seen.push(name);
            if let Err(message) = understood {
                faults.add(name, message);
            }
        }
        faults
    }

    /// The one-fault case.
    pub fn one(field: impl Into<String>, message: impl Into<String>) -> Self {
        let mut errors = Self::default();
        errors.add(field, message);
        errors
    }

    /// Notes a fault.
    pub fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        match self.0.len().cmp(&MOST_FAULTS) {
            Ordering::Less => self.0.push(FieldError { field: field.into(), message: message.into() }),
            Ordering::Equal => {
                let message = format!("There are more errors; only the first {MOST_FAULTS} are listed.");
                self.0.push(FieldError { field: field.into(), message });
            }
            Ordering::Greater => {}
        }
    }

    /// Notes a fault when `wrong` holds.
    pub fn add_if(&mut self, wrong: bool, field: impl Into<String>, message: impl Into<String>) {
        if wrong {
            self.add(field, message);
        }
    }

    /// The first message for `field`, for a form to show beside it.
    pub fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|e| e.field == field).map(|e| e.message.as_str())
    }

    /// Whether further faults are left out.
    pub fn is_full(&self) -> bool {
        self.0.len() > MOST_FAULTS
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `Ok(value)` when nothing is wrong, else all faults.
    ///
    /// # Errors
    /// The collected faults.
    pub fn into_result<T>(self, value: T) -> Result<T, Self> {
        if self.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl fmt::Display for FieldErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, error) in self.0.iter().enumerate() {
            let gap = if i == 0 { "" } else { " " };
            write!(f, "{gap}{}: {}", error.field, error.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for FieldErrors {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_without_an_end_are_cut_and_say_so() {
        let mut faults = FieldErrors::default();
        for n in 0..10_000 {
            faults.add(format!("items[{n}].title"), "This field is required.");
        }
        assert!(faults.0.len() == MOST_FAULTS + 1 && faults.is_full());
        assert_eq!(faults.of("items[99].title"), Some("This field is required."));
        assert!(faults.of("items[100].title").unwrap().contains("only the first 100"));
    }
}
