//! Letters that tell somebody what happened to their account, in case it was not them.

use chrono::{DateTime, Utc};
use db::outbox::NewMail;
use domain::ids::Uuid;

use super::body;
use crate::mail::{Letter, Mailer, Part};

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Somebody signed in with a browser that was not seen before.
    NewDevice {
        /// The browser, in words.
        device: String,
        /// From which address.
        address: String,
    },
    /// The password was changed.
    PasswordChanged,
    /// Another address is about to take the place of this one.
    EmailChanging {
        /// The other address.
        to: String,
    },
    /// Another address took the place of this one.
    EmailChanged {
        /// The other address.
        to: String,
    },
    /// Codes are asked of them from now on.
    SecondFactorOn,
    /// Codes are no more asked of them.
    SecondFactorOff,
    /// A passkey signs them in from now on.
    PasskeyAdded {
        /// What they call it.
        name: String,
    },
    /// A passkey signs them in no more.
    PasskeyRemoved {
        /// What they called it.
        name: String,
    },
    /// Somebody tried to sign in with a copy of a passkey.
    PasskeyCopied {
        /// What they call it.
        name: String,
    },
    /// A recovery code was used.
    RecoveryCodeUsed {
        /// How many are left.
        left: i64,
    },
}

/// The letter to `to` about something that happened at `at`.
pub fn notice(mailer: &Mailer, id: Uuid, to: &str, notice: &Notice, at: DateTime<Utc>) -> NewMail {
    let (heading, words) = notice.words();
    let at = at.format("%-d %B %Y, %H:%M UTC");
    let letter = Letter {
        heading: heading.to_owned(),
        parts: vec![
            Part::Words(format!("{words} Time: {at}.")),
            Part::Words(
                "If this was you, you can ignore this email. If not, change your password now and sign out everywhere."
                    .into(),
            ),
        ],
        link: Some(("Open account".into(), mailer.link("/account"))),
        footer: "You receive this email because it concerns the security of your account. You cannot turn it off."
            .into(),
    };
    NewMail {
        key: format!("notice:{id}"),
        kind: "account",
        recipient: to.to_owned(),
        subject: heading.to_owned(),
        body: body(letter),
    }
}

impl Notice {
    fn words(&self) -> (&'static str, String) {
        match self {
            Self::NewDevice { device, address } => {
                ("New sign-in to Stoa", format!("New sign-in to your account with {device}, from {address}."))
            }
            Self::PasswordChanged => (
                "Your password was changed",
                "The password of your account was changed. All other sessions were signed out.".into(),
            ),
            Self::EmailChanging { to } => (
                "Email change requested",
                format!(
                    "A change of your email to {to} was requested. It takes effect when the new email is confirmed."
                ),
            ),
            Self::EmailChanged { to } => {
                ("Your email was changed", format!("You now sign in to Stoa with {to}. This address no longer works."))
            }
            Self::SecondFactorOn => (
                "Two-factor authentication is on",
                "Signing in now also asks for a code from your authenticator app.".into(),
            ),
            Self::SecondFactorOff => {
                ("Two-factor authentication is off", "Signing in no longer asks for a code.".into())
            }
            Self::PasskeyAdded { name } => {
                ("A passkey was added", format!("The passkey \u{201c}{name}\u{201d} can now sign in to your account."))
            }
            Self::PasskeyRemoved { name } => (
                "A passkey was removed",
                format!("The passkey \u{201c}{name}\u{201d} can no longer sign in to your account."),
            ),
            Self::PasskeyCopied { name } => (
                "A passkey was rejected",
                format!(
                    "A sign-in with the passkey \u{201c}{name}\u{201d} was rejected, because the passkey may have \
                     been copied. If you do not know why, remove this passkey."
                ),
            ),
            Self::RecoveryCodeUsed { left } => (
                "A recovery code was used",
                format!("One of your recovery codes was used to sign in. Remaining codes: {left}."),
            ),
        }
    }
}
