//! The data of the account pages.

use chrono::{DateTime, Utc};
use db::people::Membership;
use db::people::passkeys::Passkey;
use db::people::second_factor::{Enrolment, Standing};
use domain::fields::FieldErrors;

use crate::frame::Visitor;
use crate::ui::Clock;

/// What the account page shows.
#[derive(Clone, Debug)]
pub struct AccountPage {
    /// Who looks.
    pub visitor: Visitor,
    /// Their tenants.
    pub memberships: Vec<Membership>,
    /// Their sessions, the last used first.
    pub sessions: Vec<SessionRow>,
    /// Where they stand with the second factor.
    pub factor: Standing,
    /// Their passkeys.
    pub passkeys: Vec<Passkey>,
    /// Whether this installation can have passkeys.
    pub takes_passkeys: bool,
    /// What was typed before.
    pub typed: Typed,
    /// What is wrong with it: the fields of all forms have names of their own.
    pub faults: FieldErrors,
    /// The word for what was just done.
    pub done: Option<String>,
    /// Now.
    pub clock: Clock,
}

/// What was typed before.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// The name.
    pub name: Option<String>,
    /// The new address.
    pub email: String,
    /// What the new passkey is to be called.
    pub passkey: String,
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// The name under which it is kept, in hexadecimal digits.
    pub name: String,
    /// The browser, in words.
    pub device: String,
    /// From which address it began.
    pub address: String,
    /// When it began.
    pub began_at: DateTime<Utc>,
    /// When it was last used.
    pub seen_at: DateTime<Utc>,
    /// Whether it is that of this very page.
    pub is_this: bool,
}

/// What the page of the second factor shows.
#[derive(Clone, Debug)]
pub struct FactorPage {
    /// Who looks.
    pub visitor: Visitor,
    /// Where they stand.
    pub standing: Standing,
    /// What the app needs to be told, while it is being set up.
    pub enrolment: Option<Enrolment>,
    /// Who asks for it, if they were sent here.
    pub asked_by: Option<String>,
    /// What is wrong.
    pub faults: FieldErrors,
    /// Why something was refused.
    pub refused: Option<String>,
}

/// Recovery codes that can be read only now.
#[derive(Clone, Debug)]
pub struct Codes {
    /// Who looks.
    pub visitor: Visitor,
    /// The codes.
    pub codes: Vec<String>,
}

/// What the page shows that asks whether a passkey is to be removed.
#[derive(Clone, Debug)]
pub struct RemovePasskey {
    /// Who looks.
    pub visitor: Visitor,
    /// The passkey.
    pub passkey: Passkey,
    /// Whether their password alone signs them in without it.
    pub is_last: bool,
    /// What is wrong.
    pub faults: FieldErrors,
}
