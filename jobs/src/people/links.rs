//! Letters with a link that opens something of an account, once.

use db::outbox::NewMail;
use domain::ids::Uuid;

use super::body;
use crate::mail::{Letter, Mailer, Part};

/// The letter with which somebody chooses another password.
pub fn reset_password(mailer: &Mailer, id: Uuid, to: &str, secret: &str) -> NewMail {
    let letter = Letter {
        heading: "Choose another password".into(),
        parts: vec![
            Part::Words("Somebody, probably you, said that they forgot the password of your account.".into()),
            Part::Words(
                "The link opens for two hours, once. The present password stays good until you choose another.".into(),
            ),
        ],
        link: Some(("Choose another password".into(), mailer.link(&domain::link::reset_password(secret)))),
        footer: "If it was not you, do nothing: nobody gets in without this link.".into(),
    };
    NewMail {
        key: format!("password:{id}"),
        kind: "link.password",
        recipient: to.to_owned(),
        subject: "Choose another password for Stoa".into(),
        body: body(letter),
    }
}

/// The letter with which somebody confirms that an address is theirs.
pub fn confirm_email(mailer: &Mailer, id: Uuid, to: &str, secret: &str) -> NewMail {
    let letter = Letter {
        heading: "Is this your address?".into(),
        parts: vec![Part::Words(
            "You want to sign in to Stoa with this address. The link opens for two hours, once.".into(),
        )],
        link: Some(("Confirm this address".into(), mailer.link(&domain::link::confirm_email(secret)))),
        footer: "If you have no account here, do nothing: nothing happens then.".into(),
    };
    NewMail {
        key: format!("email:{id}"),
        kind: "link.email",
        recipient: to.to_owned(),
        subject: "Confirm your address for Stoa".into(),
        body: body(letter),
    }
}
