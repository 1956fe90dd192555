//! Names that programs have for things, as people read them: in the record of what was done, and of background work.

use crate::permission::{KeyScope, Permission};

// Fields that hold what people write.
const WRITTEN: [&str; 8] = ["reason", "name", "note", "description", "title", "email", "from", "to"];

/// The name of a field, such as `second_factor` or `limits.stores`.
pub fn field(name: &str) -> String {
    match name {
        "needs" => "Required".to_owned(),
        "by" => "Method".to_owned(),
        "former_until" => "Previous secret valid until".to_owned(),
        "told" => "Notified".to_owned(),
        name => sentence_of(name),
    }
}

/// The value of the field `name`, such as `true` or `people.manage, orders.read`. What people wrote stays as it is.
pub fn value(name: &str, text: &str) -> String {
    if WRITTEN.contains(&name.rsplit('.').next().unwrap_or_default()) {
        return text.to_owned();
    }
    match text {
        "true" => return "Yes".to_owned(),
        "false" => return "No".to_owned(),
        _ => {}
    }
    let rights: Option<Vec<String>> = text.split(", ").map(right).collect();
    rights.map_or_else(|| text.to_owned(), |rights| rights.join("; "))
}

/// Something that has no words of its own: `do_nothing` is "Do nothing".
pub fn sentence_of(name: &str) -> String {
    let words = name.replace(['_', '-'], " ").replace('.', ": ");
    let mut letters = words.chars();
    let first = letters.next().map(|c| c.to_uppercase().collect::<String>()).unwrap_or_default();
    format!("{first}{}", letters.as_str())
}

// A right by its name. Records of before have it as the program wrote it: `Member(ManagePeople)`.
fn right(name: &str) -> Option<String> {
    let inner = |outer: &str| name.strip_prefix(outer)?.strip_suffix(')');
    let permission = Permission::ALL.into_iter().find(|p| p.as_str() == name);
    let of_member =
        || inner("Member(").and_then(|inner| Permission::ALL.into_iter().find(|p| format!("{p:?}") == inner));
    if let Some(permission) = permission.or_else(of_member) {
        return Some(permission.words().to_owned());
    }
    if let Some(scope) = inner("Key(").and_then(|inner| KeyScope::ALL.into_iter().find(|s| format!("{s:?}") == inner)) {
        return Some(format!("API key with the scope {}", scope.as_str()));
    }
    match name {
        "PlatformAdmin" => Some("Platform admin".to_owned()),
        "SignedIn" => Some("A signed-in user".to_owned()),
        "Monitor" => Some("A monitoring program".to_owned()),
        "Nothing" => Some("Nothing".to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_program_are_told_in_words() {
        for (name, words) in
            [("needs", "Required"), ("limits.stores", "Limits: stores"), ("second_factor", "Second factor")]
        {
            assert_eq!(field(name), words);
        }
        for (text, words) in [
            ("true", "Yes"),
            ("torn, and late", "torn, and late"),
            ("Member(ManagePeople)", "Manage members and roles"),
            ("people.manage", "Manage members and roles"),
            ("orders.read, audit.read", "View orders and customers; View audit log"),
            ("Key(OrdersRead)", "API key with the scope orders:read"),
            ("PlatformAdmin", "Platform admin"),
            ("", ""),
        ] {
            assert_eq!(value("needs", text), words);
        }
        assert_eq!(
            (value("reason", "true"), value("limits.name", "PlatformAdmin")),
            ("true".into(), "PlatformAdmin".into())
        );
        for permission in Permission::ALL {
            assert_eq!(value("needs", &format!("Member({permission:?})")), permission.words());
        }
    }
}
