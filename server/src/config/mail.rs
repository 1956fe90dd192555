//! Mail that goes out.

use std::fmt;

use super::{Faults, Vars};

/// Where mail goes and whom it comes from.
#[derive(Clone)]
pub struct Mail {
    /// `smtp://`, `smtps://` or `file://`; without one, messages become files in the data folder.
    pub url: Option<String>,
    /// Who writes.
    pub from: String,
}

impl Mail {
    pub(super) fn read(vars: &Vars, faults: &mut Faults) -> Self {
        let url = vars.text("STOA_SMTP_URL");
        if let Some(Err(error)) = url.map(jobs::mail::check_url) {
            faults.add("STOA_SMTP_URL", error.to_string());
        }
        let from = vars.text("STOA_MAIL_FROM");
        match from.map(jobs::mail::check_from) {
            Some(Err(error)) => faults.add("STOA_MAIL_FROM", error.to_string()),
            None if url.is_some_and(|url| !url.starts_with("file:")) => {
                faults.add("STOA_MAIL_FROM", "is required beside STOA_SMTP_URL, such as Stoa <stoa@example.com>");
            }
            _ => {}
        }
        Self { url: url.map(str::to_owned), from: from.unwrap_or("Stoa <stoa@localhost>").to_owned() }
    }
}

// The URL holds a password.
impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.url.as_deref().map(|url| url.split_once("://").map_or("..", |(scheme, _)| scheme));
        f.debug_struct("Mail").field("url", &url).field("from", &self.from).finish()
    }
}
