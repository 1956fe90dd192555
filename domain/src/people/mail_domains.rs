//! The domains of a company's e-mail addresses.

use crate::email;

const MOST: usize = 20;

/// The domains in `text`, between spaces, commas or lines.
///
/// # Errors
/// Words that follow the name of a field.
pub fn read_domains(text: &str) -> Result<Vec<String>, String> {
    let words = text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty());
    let mut domains = Vec::new();
    for word in words {
        let checked = email::check(&format!("a@{}", word.trim_start_matches('@'))).ok();
        let Some(domain) = checked.as_deref().and_then(|a| a.strip_prefix("a@")).filter(|domain| domain.contains('.'))
        else {
            return Err("must be domains of e-mail addresses, such as example.com".to_owned());
        };
        if !domains.iter().any(|known| known == domain) {
            domains.push(domain.to_owned());
        }
    }
    match domains.len() {
        0 => Err("must name at least one, such as example.com".to_owned()),
        n if n > MOST => Err(format!("must be at most {MOST}")),
        _ => Ok(domains),
    }
}

/// Whether `email` is an address in one of `domains` itself; what lies below them is another.
pub fn has_domain(email: &str, domains: &[String]) -> bool {
    email.rsplit_once('@').is_some_and(|(_, domain)| domains.iter().any(|d| d.eq_ignore_ascii_case(domain)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_read_however_they_are_typed() {
        let read = read_domains(" Example.com, @example.org\nexample.com ").unwrap_or_default();
        assert_eq!(read, ["example.com", "example.org"]);
        assert_eq!(read_domains("M\u{fc}ller.example").unwrap(), ["xn--mller-kva.example"]);
        for bad in ["", " , ", "example", "a@b.com", "https://example.com", "*.com", "exa mple.com/"] {
            assert!(read_domains(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_address_has_its_own_domain_only() {
        let domains = ["example.com".to_owned()];
        assert!(has_domain("ana@EXAMPLE.com", &domains));
        for other in [
            "ana@sub.example.com",
            "ana@example.com.evil.test",
            "ana@evilexample.com",
            "example.com",
            "a@example.com@b.c",
        ] {
            assert!(!has_domain(other, &domains), "{other}");
        }
    }
}
