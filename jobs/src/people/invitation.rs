//! The letter that asks somebody to join a tenant.

use chrono::{DateTime, Utc};
use db::outbox::NewMail;
use domain::ids::Uuid;

use super::body;
use crate::mail::{Letter, Mailer, Part};

/// What the letter says.
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

/// The letter.
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
