//! The address of the off-site folder.

use std::fmt;
use std::str::FromStr;

use url::Url;

/// `sftp://user@host:port/folder`. The folder is absolute; `/~/folder` is one in the user's home.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OffsiteUrl {
    /// Who signs in.
    pub user: String,
    /// The machine.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The folder as SFTP names it, without a slash at the end.
    pub folder: String,
}

impl OffsiteUrl {
    /// `host:port`.
    pub fn at(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    pub(super) fn join(&self, path: &str) -> String {
        format!("{}/{path}", self.folder)
    }
}

impl FromStr for OffsiteUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let shape = || "Use a URL such as sftp://user@host:22/folder.".to_owned();
        let url = Url::parse(text).map_err(|_| shape())?;
        if url.scheme() != "sftp" || url.query().is_some() || url.fragment().is_some() {
            return Err(shape());
        }
        if url.password().is_some() {
            return Err(
                "Remove the password. Off-site copies sign in with the key in STOA_OFFSITE_KEY_FILE.".to_owned()
            );
        }
        if url.username().contains('%') || url.path().contains('%') {
            return Err("Use only characters that need no % encoding.".to_owned());
        }
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        if url.username().is_empty() || host.is_empty() {
            return Err(shape());
        }
        let whole = url.path().trim_end_matches('/');
        let folder = whole.strip_prefix("/~/").unwrap_or(whole);
        if folder.is_empty() || folder == "/~" {
            return Err("Add a folder after the host, such as sftp://user@host/stoa.".to_owned());
        }
        Ok(Self { user: url.username().to_owned(), host, port: url.port().unwrap_or(22), folder: folder.to_owned() })
    }
}

impl fmt::Display for OffsiteUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let home = if self.folder.starts_with('/') { "" } else { "/~/" };
        write!(f, "sftp://{}@{}{home}{}", self.user, self.at(), self.folder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_shown() {
        for (text, shown, folder) in [
            (
                "sftp://stoa@box.example.org/backups/stoa/",
                "sftp://stoa@box.example.org:22/backups/stoa",
                "/backups/stoa",
            ),
            ("sftp://u1@10.0.0.7:23/~/stoa", "sftp://u1@10.0.0.7:23/~/stoa", "stoa"),
            ("sftp://u@[::1]:2222/x", "sftp://u@[::1]:2222/x", "/x"),
        ] {
            let url: OffsiteUrl = text.parse().unwrap();
            assert_eq!((url.to_string().as_str(), url.folder.as_str()), (shown, folder));
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, words) in [
            ("box:/stoa", "Use a URL such as"),
            ("sftp://box/stoa", "Use a URL such as"),
            ("https://u@box/stoa", "Use a URL such as"),
            ("sftp://u@box/stoa?x=1", "Use a URL such as"),
            ("sftp://u:secret@box/stoa", "password"),
            ("sftp://u@box", "Add a folder"),
            ("sftp://u@box/", "Add a folder"),
            ("sftp://u@box/~/", "Add a folder"),
            ("sftp://u@box/a%20b", "need no %"),
        ] {
            let fault = text.parse::<OffsiteUrl>().unwrap_err();
            assert!(fault.contains(words), "{text}: {fault}");
        }
    }
}
