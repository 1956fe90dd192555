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
            Part::Words(format!("{words} It happened on {at}.")),
            Part::Words(
                "If it was you, there is nothing to do. If not, choose another password now and sign out everywhere."
                    .into(),
            ),
        ],
        link: Some(("Open your account".into(), mailer.link("/account"))),
        footer: "You get this because it is about your account. It cannot be turned off.".into(),
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
                ("A new sign-in to Stoa", format!("Somebody signed in to your account with {device}, from {address}."))
            }
            Self::PasswordChanged => (
                "Your password was changed",
                "The password of your account was changed; all other sessions ended.".into(),
            ),
            Self::EmailChanging { to } => (
                "Your address is about to change",
                format!(
                    "Somebody asked that {to} takes the place of this address. It does once that is confirmed there."
                ),
            ),
            Self::EmailChanged { to } => (
                "Your address was changed",
                format!("You sign in to Stoa with {to} from now on, and no more with this address."),
            ),
            Self::SecondFactorOn => {
                ("Codes are on", "From now on signing in asks for a code of your app as well.".into())
            }
            Self::SecondFactorOff => ("Codes are off", "From now on signing in asks for no code any more.".into()),
            Self::PasskeyAdded { name } => (
                "A passkey was added",
                format!("The passkey \u{201c}{name}\u{201d} signs in to your account from now on."),
            ),
            Self::PasskeyRemoved { name } => (
                "A passkey was removed",
                format!("The passkey \u{201c}{name}\u{201d} signs in to your account no more."),
            ),
            Self::PasskeyCopied { name } => (
                "A passkey was refused",
                format!(
                    "Somebody tried to sign in with the passkey \u{201c}{name}\u{201d}, but its device had counted further before: \
                     there may be a copy of it. Nobody got in. If you do not know why, remove that passkey."
                ),
            ),
            Self::RecoveryCodeUsed { left } => (
                "A recovery code was used",
                format!("Somebody signed in with one of your recovery codes; {left} are left."),
            ),
        }
    }
}
