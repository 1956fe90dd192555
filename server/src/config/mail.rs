//! Mail that goes out.

use std::path::Path;

use jobs::mail::{Mailer, NOBODY, check_from, check_url};

use super::{Faults, Vars};

/// What sends mail: to the server that the settings name, else into the data folder.
pub(super) fn mailer(vars: &Vars, site: &str, data_dir: &Path, faults: &mut Faults) -> Mailer {
    let url = vars.text("STOA_SMTP_URL");
    if let Some(Err(error)) = url.map(check_url) {
        faults.add("STOA_SMTP_URL", error.to_string());
    }
    let from = vars.text("STOA_MAIL_FROM");
    match from.map(check_from) {
        Some(Err(error)) => faults.add("STOA_MAIL_FROM", error.to_string()),
        None if url.is_some_and(|url| !url.starts_with("file:")) => {
            faults.add("STOA_MAIL_FROM", "Required with STOA_SMTP_URL. Example: Stoa <stoa@example.com>");
        }
        _ => {}
    }
    let folder = data_dir.join("mail");
    // What is wrong was noted above; nothing is sent with such settings.
    Mailer::open(url, from.unwrap_or(NOBODY), site, &folder).unwrap_or_else(|_| Mailer::to_folder(&folder, site))
}
