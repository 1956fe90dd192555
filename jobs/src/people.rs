//! Letters to people about their account and their teams. The server puts them into the outbox in the transaction of what
//! they tell of.

use chrono::{DateTime, Utc};
use db::outbox::NewMail;
use domain::ids::Uuid;

use crate::mail::{Letter, Mailer, Part};

/// What happened to an account. Its owner is told, in case it was not them.
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

/// The letter with which somebody chooses another password.
pub fn reset_password(mailer: &Mailer, id: Uuid, to: &str, secret: &str) -> NewMail {
    let letter = Letter {
        heading: "Reset your password".into(),
        parts: vec![
            Part::Words("We received a request to reset the password of your account.".into()),
            Part::Words(
                "The link works once and expires in 2 hours. Your current password works until you choose a new one."
                    .into(),
            ),
        ],
        link: Some(("Choose a new password".into(), mailer.link(&domain::link::reset_password(secret)))),
        footer: "If you did not ask for this, ignore this email. Your password does not change.".into(),
    };
    NewMail {
        key: format!("password:{id}"),
        kind: "link.password",
        recipient: to.to_owned(),
        subject: "Reset your Stoa password".into(),
        body: body(letter),
    }
}

/// The letter with which somebody confirms that an address is theirs.
pub fn confirm_email(mailer: &Mailer, id: Uuid, to: &str, secret: &str) -> NewMail {
    let letter = Letter {
        heading: "Confirm your email".into(),
        parts: vec![Part::Words(
            "You asked to sign in to Stoa with this email. The link works once and expires in 2 hours.".into(),
        )],
        link: Some(("Confirm email".into(), mailer.link(&domain::link::confirm_email(secret)))),
        footer: "If you did not ask for this, ignore this email.".into(),
    };
    NewMail {
        key: format!("email:{id}"),
        kind: "link.email",
        recipient: to.to_owned(),
        subject: "Confirm your email for Stoa".into(),
        body: body(letter),
    }
}

/// What an invitation says.
#[derive(Clone, Debug)]
pub struct Invitation<'a> {
    /// Names the letter.
    pub id: Uuid,
    /// To whom it goes.
    pub to: &'a str,
    /// The tenant's name.
    pub tenant: &'a str,
    /// Who invites.
    pub by: &'a str,
    /// Until when it can be accepted.
    pub until: DateTime<Utc>,
    /// The secret of the link.
    pub secret: &'a str,
}

/// The letter that asks somebody to join a tenant.
pub fn invitation(mailer: &Mailer, invitation: &Invitation<'_>) -> NewMail {
    let Invitation { id, to, tenant, by, until, secret } = invitation;
    let until = until.format("%-d %B %Y, %H:%M UTC");
    let letter = Letter {
        heading: format!("Join {tenant} on Stoa"),
        parts: vec![
            Part::Words(format!("{by} invited you to join {tenant}.")),
            Part::Words(format!("The link works once and expires on {until}. Do not share it.")),
        ],
        link: Some(("Accept invitation".into(), mailer.link(&domain::link::invitation(secret)))),
        footer: format!(
            "You receive this email because {by} entered your address. If you do not know them, ignore it."
        ),
    };
    NewMail {
        key: format!("invitation:{id}"),
        kind: "link.invitation",
        recipient: (*to).to_owned(),
        subject: format!("{by} invited you to join {tenant}"),
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

// As it stands in the outbox.
fn body(letter: Letter) -> serde_json::Value {
    serde_json::to_value(letter).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn it_says_who_invites_and_holds_the_link() {
        let mailer = Mailer::to_folder(Path::new("/nowhere"), "https://stoa.example");
        let at = "2026-03-10T12:00:00Z".parse().unwrap();
        let id = Uuid::from_u128(1);
        let invited =
            Invitation { id, to: "ana@example.com", tenant: "Demo", by: "bo@example.com", until: at, secret: "abc" };
        let mail = invitation(&mailer, &invited);
        assert!(mail.kind.starts_with(db::outbox::SECRET), "its text is deleted once it is sent");
        assert!(!mail.key.contains("abc") && !mail.subject.contains("abc"));
        let letter: Letter = serde_json::from_value(mail.body).unwrap();
        assert!(letter.text().contains("https://stoa.example/invitation/abc"), "{}", letter.text());
        assert!(letter.text().contains("10 March 2026, 12:00 UTC"), "{}", letter.text());
    }
}
