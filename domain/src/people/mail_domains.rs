//! The domains of the e-mail addresses that single sign-on takes.

use super::domain_key;
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
        let domain = domain_key(word.trim_start_matches('@'));
        let is_domain = domain.contains('.') && email::check(&format!("a@{domain}")).is_ok();
        if !is_domain {
            return Err("Enter email domains, such as example.com.".to_owned());
        }
        if !domains.contains(&domain) {
            domains.push(domain);
        }
    }
    match domains.len() {
        0 => Err("Enter at least one domain, such as example.com.".to_owned()),
        n if n > MOST => Err(format!("Enter at most {MOST} domains.")),
        _ => Ok(domains),
    }
}

/// Whether `email` is an address in one of `domains` itself; what lies below them is another.
pub fn has_domain(email: &str, domains: &[String]) -> bool {
    let Some((_, domain)) = email.rsplit_once('@') else { return false };
    let domain = domain_key(domain);
    domains.iter().any(|known| domain_key(known) == domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_read_however_they_are_typed() {
        let read = read_domains(" Example.com, @example.org\nexample.com. München.example").unwrap_or_default();
        assert_eq!(read, ["example.com", "example.org", "xn--mnchen-3ya.example"]);
        for bad in ["", " , ", "example", "a@b.com", "https://example.com", "*.com", "exa mple.com/"] {
            assert!(read_domains(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_address_has_its_own_domain_only() {
        let domains = ["example.com".to_owned()];
        for email in ["ana@EXAMPLE.com", "ana@example.com.", "ana@ｅｘａｍｐｌｅ.com"] {
            assert!(has_domain(email, &domains), "{email}");
        }
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
