//! What people call their passkeys.

const LONGEST: usize = 40;

/// The name in `text`.
///
/// # Errors
/// Words that follow the name of a field.
pub fn check_passkey_name(text: &str) -> Result<String, String> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        return Err("Enter a name for the passkey, such as \"Laptop\".".to_owned());
    }
    if name.chars().count() > LONGEST || name.chars().any(char::is_control) {
        return Err(format!("Use at most {LONGEST} characters."));
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_say_something() {
        assert_eq!(check_passkey_name("  Ana's   phone "), Ok("Ana's phone".to_owned()));
        for bad in ["", "  ", "a\u{7}b", &"x".repeat(41)] {
            assert!(check_passkey_name(bad).is_err(), "{bad}");
        }
    }
}
