//! Names of a tenant's own roles.

use crate::permission::Role;

const LONGEST: usize = 40;

/// The name in `text`.
///
/// # Errors
/// Words that follow the name of a field.
pub fn check_role_name(text: &str) -> Result<String, String> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        return Err("Enter a name.".to_owned());
    }
    if name.chars().count() > LONGEST || name.chars().any(char::is_control) {
        return Err(format!("Use at most {LONGEST} characters."));
    }
    let lower = name.to_lowercase();
    if lower == "custom" || Role::ALL.iter().any(|role| role.as_str() == lower) {
        return Err(format!("'{lower}' is a built-in role. Choose another name."));
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_their_own() {
        assert_eq!(check_role_name("  Night   shift "), Ok("Night shift".to_owned()));
        for bad in ["", "  ", "Owner", "custom", &"x".repeat(41)] {
            assert!(check_role_name(bad).is_err(), "{bad}");
        }
    }
}
