//! Letters with a link that opens something of an account, once.

use db::outbox::NewMail;
use domain::ids::Uuid;

use super::body;
use crate::mail::{Letter, Mailer, Part};

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
