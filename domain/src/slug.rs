//! Short names that stand in addresses: tenants and stores.

/// Longest slug.
pub const MAX: usize = 40;

/// Words that stand in addresses where a slug could stand: a page of that name would hide what is called so. A test of the
/// server compares them with its routes.
pub const RESERVED: &[&str] = &["arrived", "batch", "new"];

/// Checks a new slug: its form, and that it is no reserved word. What was called so before keeps its name.
///
/// # Errors
/// What is wrong with it, in words.
pub fn check(text: &str) -> Result<(), &'static str> {
    form(text)?;
    if RESERVED.contains(&text) { Err("This slug is reserved. Choose another.") } else { Ok(()) }
}

/// Checks the form of a slug: 2 to 40 of `a-z 0-9 -`, beginning with a letter, ending without a dash.
///
/// # Errors
/// What is wrong with it, in words.
pub fn form(text: &str) -> Result<(), &'static str> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !(2..=MAX).contains(&text.len()) {
        Err("Use 2 to 40 characters.")
    } else if !text.starts_with(|c: char| c.is_ascii_lowercase()) {
        Err("Start with a letter from a to z.")
    } else if text.ends_with('-') || !text.chars().all(allowed) {
        Err("Use only a to z, 0 to 9 and dashes. Do not end with a dash.")
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{RESERVED, check, form};

    #[test]
    fn slugs_are_short_and_plain() {
        for good in ["demo", "a1", "north-sea-2"] {
            assert!(check(good).is_ok(), "{good}");
        }
        for bad in ["", "a", "1a", "Demo", "a_b", "a-", "über", &"a".repeat(41)] {
            assert!(check(bad).is_err(), "{bad}");
        }
        for word in RESERVED {
            assert!(form(word).is_ok() && check(word).is_err(), "{word}");
        }
    }
}
