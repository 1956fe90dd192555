//! The way out for mail: a server, or a folder where there is none.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use db::outbox::Claimed;
use lettre::transport::smtp::{AsyncSmtpTransportBuilder, Error as SmtpError, PoolConfig};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use super::address::{Target, WrongSetting, domain, mailbox, target};
use super::letter::Letter;
use super::outgoing::{Outgoing, message_name};

/// Who writes where nobody is named.
pub const NOBODY: &str = "Stoa <stoa@localhost>";
/// How long a whole attempt may take, from the connection to the server's last word.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long a server may take to hear that we are done.
const FAREWELL: Duration = Duration::from_secs(1);
/// Codes by which a server refuses us rather than the message: wrong password, none given, and the like.
const REFUSES_US: [u16; 4] = [530, 534, 535, 538];

/// Sends messages. Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    way: Way,
    // Checked when it was opened.
    from: Arc<str>,
    // What people type to reach Stoa, for links.
    site: Arc<str>,
    patience: Duration,
}

#[derive(Clone)]
enum Way {
    Smtp(AsyncSmtpTransportBuilder),
    Folder(Arc<Path>),
}

/// A talk with the mail server: messages one after the other over one connection.
///
/// lettre gives a connection back to its pool wherever a caller stops waiting, in the middle of a dialogue too, and who
/// takes it next hears answers to what another said: a message would count as sent that the server never took. So
/// connections are never shared: a talk has its own, and ends it when an answer did not come.
pub struct Session<'a> {
    mailer: &'a Mailer,
    server: Option<AsyncSmtpTransport<Tokio1Executor>>,
}

/// Why a message was not sent.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Trouble {
    /// The server will never take this message.
    #[error("{0}")]
    Refused(String),
    /// The server does not take this message now.
    #[error("{0}")]
    Later(String),
    /// There is no talking to the server now, whatever the message.
    #[error("{0}")]
    Unreachable(String),
}

impl Mailer {
    /// Opens the way that `url` names: `smtp://` (STARTTLS), `smtps://`, `file://`; without one, messages become files in
    /// `folder`. `from` is who writes, `site` the address of this installation. Connects when there is something to send.
    ///
    /// # Errors
    /// What is wrong with the settings.
    pub fn open(url: Option<&str>, from: &str, site: &str, folder: &Path) -> Result<Self, WrongSetting> {
        let way = match url.map(target).transpose()? {
            Some(Target::Smtp(builder)) => {
                let alone = PoolConfig::new().max_size(1);
                Way::Smtp(builder.pool_config(alone).timeout(Some(PATIENCE)))
            }
            Some(Target::Folder(folder)) => Way::Folder(folder.into()),
            None => Way::Folder(folder.into()),
        };
        mailbox(from)?;
        Ok(Self { way, from: from.into(), site: site.trim_end_matches('/').into(), patience: PATIENCE })
    }

    /// Into `folder`, where there is no mail server.
    pub fn to_folder(folder: &Path, site: &str) -> Self {
        let site = site.trim_end_matches('/').into();
        Self { way: Way::Folder(folder.into()), from: NOBODY.into(), site, patience: PATIENCE }
    }

    /// Waits no longer than `patience` for an attempt.
    #[must_use]
    pub const fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Whether messages reach people, rather than a folder.
    pub const fn reaches_people(&self) -> bool {
        matches!(self.way, Way::Smtp(_))
    }

    /// The address of the page at `path`.
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.site)
    }

    /// Begins a talk with the mail server.
    pub fn session(&self) -> Session<'_> {
        Session { mailer: self, server: None }
    }

    /// Sends one message in a talk of its own; when this returns, the server has taken it over.
    ///
    /// # Errors
    /// Why it was not sent, and whether it may be later.
    pub async fn send(&self, mail: &Claimed, at: DateTime<Utc>) -> Result<(), Trouble> {
        let mut session = self.session();
        let sent = session.send(mail, at).await;
        session.end().await;
        sent
    }

    fn message(&self, mail: &Claimed, at: DateTime<Utc>) -> Result<Message, Trouble> {
        let refused = |what: &str, error: String| Trouble::Refused(format!("the {what} is invalid: {error}"));
        let letter: Letter = serde_json::from_value(mail.body.clone()).map_err(|e| refused("text", e.to_string()))?;
        let to =
            mail.recipient.parse().map_err(|e: lettre::address::AddressError| refused("address", e.to_string()))?;
        let outgoing =
            Outgoing { tenant: mail.tenant, key: &mail.key, to, subject: &mail.subject, letter: &letter, at };
        let from = mailbox(&self.from).map_err(|e| refused("sender", e.to_string()))?;
        outgoing.message(&from).map_err(|e| refused("message", e.to_string()))
    }

    // Under the name of the message: written twice, it is there once. Never half, for whoever opens it at once.
    async fn write(&self, folder: &Path, mail: &Claimed, message: &Message) -> Result<(), Trouble> {
        let trouble = |error: std::io::Error| Trouble::Unreachable(format!("{}: {error}", folder.display()));
        let name = message_name(mail.tenant, &mail.key);
        let (path, making): (PathBuf, PathBuf) =
            (folder.join(format!("{name}.eml")), folder.join(format!("{name}.new")));
        let (text, target) = (message.formatted(), path.clone());
        let write = move || {
            making.parent().map_or(Ok(()), crate::private::make_folder)?;
            // It may hold a link that opens an account.
            crate::private::write(&making, &text)?;
            std::fs::rename(&making, &target)
        };
        let written = tokio::task::spawn_blocking(write).await;
        written.map_err(|error| Trouble::Unreachable(error.to_string()))?.map_err(trouble)?;
        let to = domain(&mail.recipient);
        tracing::info!(to, subject = mail.subject, file = %path.display(), "no mail server is configured; email \
            written to a file");
        Ok(())
    }
}

// A server's address may hold a password.
impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let way: &dyn fmt::Debug = match &self.way {
            Way::Smtp(_) => &"smtp",
            Way::Folder(folder) => folder,
        };
        f.debug_struct("Mailer").field("way", way).field("from", &self.from).finish_non_exhaustive()
    }
}

impl Session<'_> {
    /// Sends the message; when this returns, the server has taken it over.
    ///
    /// # Errors
    /// Why it was not sent, and whether it may be later.
    pub async fn send(&mut self, mail: &Claimed, at: DateTime<Utc>) -> Result<(), Trouble> {
        let message = self.mailer.message(mail, at)?;
        let builder = match &self.mailer.way {
            Way::Folder(folder) => return self.mailer.write(folder, mail, &message).await,
            Way::Smtp(builder) => builder,
        };
        // Out of `self` while it talks: whoever stops waiting takes the connection along.
        let server = self.server.take().unwrap_or_else(|| builder.clone().build());
        let patience = self.mailer.patience;
        match tokio::time::timeout(patience, server.send(message)).await {
            Ok(Ok(_)) => {
                self.server = Some(server);
                Ok(())
            }
            Ok(Err(error)) => Err(trouble(&error)),
            Err(_) => Err(Trouble::Unreachable(format!(
                "the mail server did not respond within {} s",
                patience.as_secs_f32()
            ))),
        }
    }

    /// Says goodbye to the server.
    pub async fn end(self) {
        if let Some(server) = self.server {
            let _whoever_does_not_hear_it_notices = tokio::time::timeout(FAREWELL, server.shutdown()).await;
        }
    }
}

fn trouble(error: &SmtpError) -> Trouble {
    let words = words(error);
    let code = error.status().map(u16::from);
    if code.is_some_and(|code| REFUSES_US.contains(&code)) {
        Trouble::Unreachable(words)
    } else if error.is_permanent() {
        Trouble::Refused(words)
    } else if error.is_transient() || error.is_client() || error.is_response() {
        Trouble::Later(words)
    } else {
        Trouble::Unreachable(words)
    }
}

// With its causes: lettre's own words alone are often just "Connection error".
fn words(error: &SmtpError) -> String {
    let mut words = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        let inner_words = inner.to_string();
        if !words.contains(&inner_words) {
            words = format!("{words}: {inner_words}");
        }
        cause = inner.source();
    }
    words
}
