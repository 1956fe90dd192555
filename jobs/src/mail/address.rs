//! Where mail goes and whom it comes from, as settings say it.

use std::path::PathBuf;
use std::str::FromStr;

use lettre::message::Mailbox;
use lettre::transport::smtp::AsyncSmtpTransportBuilder;
use lettre::{AsyncSmtpTransport, Tokio1Executor};

/// What is wrong with a setting, in words that follow its name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct WrongSetting(&'static str);

const SHAPE: WrongSetting = WrongSetting(
    "Use smtp://user:password@host:587 (STARTTLS), smtps://user:password@host:465, or file:///folder for tests.",
);
const OPEN: WrongSetting = WrongSetting(
    "Remove tls=none, or the password. Without TLS the password can be \
    intercepted.",
);
const OPTIONS: WrongSetting = WrongSetting("Use only the parameter ?tls=none, for a mail server on the same machine.");
const FROM: WrongSetting = WrongSetting("Use an address such as stoa@example.com or Stoa <stoa@example.com>.");

/// A way out for mail.
pub(super) enum Target {
    Smtp(AsyncSmtpTransportBuilder),
    Folder(PathBuf),
}

/// Whether `url` names a mail server or a folder.
///
/// # Errors
/// What is wrong with it.
pub fn check_url(url: &str) -> Result<(), WrongSetting> {
    target(url).map(drop)
}

/// Whether `from` is something that mail can come from.
///
/// # Errors
/// What is wrong with it.
pub fn check_from(from: &str) -> Result<(), WrongSetting> {
    mailbox(from).map(drop)
}

/// What `url` names.
///
/// # Errors
/// What is wrong with it.
pub(super) fn target(url: &str) -> Result<Target, WrongSetting> {
    if let Some(folder) = url.strip_prefix("file://") {
        return if folder.starts_with('/') { Ok(Target::Folder(folder.into())) } else { Err(SHAPE) };
    }
    let (address, options) = url.split_once('?').map_or((url, None), |(address, options)| (address, Some(options)));
    let is_open = match (address.split_once("://").map(|(scheme, _)| scheme), options) {
        (Some("smtp" | "smtps"), None) => false,
        (Some("smtp"), Some("tls=none")) => true,
        (Some("smtp" | "smtps"), Some(_)) => return Err(OPTIONS),
        _ => return Err(SHAPE),
    };
    if is_open && address.contains('@') {
        return Err(OPEN);
    }
    // Without a word about it, lettre takes smtp:// for a connection in the clear.
    let told =
        if is_open || address.starts_with("smtps:") { address.to_owned() } else { format!("{address}?tls=required") };
    AsyncSmtpTransport::<Tokio1Executor>::from_url(&told).map(Target::Smtp).map_err(|_| SHAPE)
}

/// The domain of an address: what a log may say of the person behind it.
pub(super) fn domain(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain.trim_end_matches('>'))
}

/// The address that mail comes from.
///
/// # Errors
/// What is wrong with it.
pub(super) fn mailbox(from: &str) -> Result<Mailbox, WrongSetting> {
    let found = Mailbox::from_str(from.trim()).ok().filter(|m| m.name.as_deref().is_none_or(is_plain));
    found.filter(|m| domain::email::check(m.email.as_ref()).is_ok()).ok_or(FROM)
}

fn is_plain(name: &str) -> bool {
    !name.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_servers_are_reached_under_tls_unless_they_are_here() {
        for good in [
            "smtp://user:p%40ss@mail.example.com:587",
            "smtp://mail.example.com",
            "smtps://mail.example.com",
            "smtp://127.0.0.1:2525?tls=none",
            "file:///tmp/mail",
        ] {
            assert_eq!(check_url(good), Ok(()), "{good}");
        }
        for (bad, word) in [
            ("mail.example.com", "STARTTLS"),
            ("http://mail.example.com", "STARTTLS"),
            ("smtp://", "STARTTLS"),
            ("file://folder", "STARTTLS"),
            ("smtp://user:pass@mail.example.com?tls=none", "password"),
            ("smtps://mail.example.com?tls=none", "only the parameter"),
            ("smtp://mail.example.com?tls=opportunistic", "only the parameter"),
        ] {
            let words = check_url(bad).unwrap_err().to_string();
            assert!(words.contains(word), "{bad}: {words}");
        }
    }

    #[test]
    fn a_log_names_the_domain_of_an_address_alone() {
        for (address, shown) in [
            ("ana@example.com", "example.com"),
            ("Ana <ana@example.com>", "example.com"),
            ("\"a@b\"@example.com", "example.com"),
            ("ana", ""),
        ] {
            assert_eq!(domain(address), shown, "{address}");
        }
    }

    #[test]
    fn mail_comes_from_an_address_with_or_without_a_name() {
        for good in ["stoa@example.com", "Stoa <stoa@example.com>", "Müller & Söhne <shop@example.com>"] {
            assert_eq!(check_from(good), Ok(()), "{good}");
        }
        for bad in ["", "Stoa", "stoa@", "a@b.c, d@e.f", "Stoa\r\nBcc: x@y.z <stoa@example.com>"] {
            assert!(check_from(bad).is_err(), "{bad:?}");
        }
    }
}
