//! A message as it goes over the wire: headers that nobody can add to, both forms of the text.

use chrono::{DateTime, Utc};
use domain::ids::TenantId;
use lettre::address::Address;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Message, error::Error};
use sha2::{Digest, Sha256};

use super::letter::{Letter, plain};

/// Longest subject, in characters.
const LONGEST_SUBJECT: usize = 150;

/// A message and everything around it.
pub(super) struct Outgoing<'a> {
    pub tenant: TenantId,
    pub key: &'a str,
    pub to: Address,
    pub subject: &'a str,
    pub letter: &'a Letter,
    pub at: DateTime<Utc>,
}

impl Outgoing<'_> {
    /// The message, from `from`.
    ///
    /// # Errors
    /// When lettre refuses a part of it.
    pub fn message(self, from: &Mailbox) -> Result<Message, Error> {
        let subject: String = plain(self.subject).chars().take(LONGEST_SUBJECT).collect();
        Message::builder()
            .from(from.clone())
            .to(Mailbox::new(None, self.to))
            .subject(subject)
            .date(self.at.into())
            .message_id(Some(message_id(self.tenant, self.key, from)))
            .header(AutoSubmitted)
            .header(ListUnsubscribe(from.email.to_string()))
            .multipart(MultiPart::alternative_plain_html(self.letter.text(), self.letter.html()))
    }
}

/// What the message with this key is called, however often it is sent: mailboxes and people recognise a repetition.
fn message_id(tenant: TenantId, key: &str, from: &Mailbox) -> String {
    format!("<{}@{}>", message_name(tenant, key), from.email.domain())
}

/// The part of it that names the message.
pub(super) fn message_name(tenant: TenantId, key: &str) -> String {
    let mut digest = Sha256::new();
    digest.update(tenant.0.as_bytes());
    digest.update(key.as_bytes());
    hex::encode(&digest.finalize()[..16])
}

// No answer by a machine is wanted (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }
    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }
    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

// Who reads the sender's mailbox can take a recipient off the list (RFC 2369).
#[derive(Clone)]
struct ListUnsubscribe(String);

impl Header for ListUnsubscribe {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe")
    }
    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }
    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), format!("<mailto:{}?subject=unsubscribe>", self.0))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sent(key: &str, subject: &str, heading: &str) -> String {
        let letter = Letter { heading: heading.into(), ..Letter::default() };
        let (to, at) = ("ana@example.com".parse().unwrap(), "2026-03-03T14:00:00Z".parse().unwrap());
        let outgoing = Outgoing { tenant: TenantId(Default::default()), key, to, subject, letter: &letter, at };
        let message = outgoing.message(&"Stoa <stoa@example.com>".parse().unwrap()).unwrap();
        String::from_utf8(message.formatted()).unwrap()
    }

    #[test]
    fn headers_say_who_what_and_that_no_answer_is_wanted() {
        let text = sent("order:1", "Order A-1", "Order");
        for line in [
            "From: Stoa <stoa@example.com>",
            "To: ana@example.com",
            "Subject: Order A-1",
            "Date: Tue, 03 Mar 2026 14:00:00 +0000",
            "Auto-Submitted: auto-generated",
            "List-Unsubscribe: <mailto:stoa@example.com?subject=unsubscribe>",
            "MIME-Version: 1.0",
        ] {
            assert!(text.lines().any(|l| l == line), "{line} in\n{text}");
        }
        let id = |text: &str| text.lines().find(|l| l.starts_with("Message-ID: <")).unwrap().to_owned();
        assert_eq!(id(&text), id(&sent("order:1", "Another", "Later")), "the key alone names the message");
        assert_ne!(id(&text), id(&sent("order:2", "Order A-1", "Order")));
    }

    proptest! {
        #[test]
        fn nothing_in_a_subject_adds_a_header(subject in "[A-Za-zäß€\r\n\t\0: <>@]{0,200}") {
            let text = sent("k", &format!("{subject}\r\nBcc: x@evil.example\r\n\r\nbody"), "h");
            let head = text.split("\r\n\r\n").next().unwrap();
            let names: Vec<&str> = head.split("\r\n").filter(|l| !l.starts_with([' ', '\t'])).filter_map(|l| l.split(':').next()).collect();
            let mut expected = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "List-Unsubscribe", "MIME-Version", "Content-Type"];
            let mut names: Vec<&str> = names;
            names.sort_unstable();
            expected.sort_unstable();
            prop_assert_eq!(names, expected);
        }
    }
}
