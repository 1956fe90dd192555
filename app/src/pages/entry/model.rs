//! The data of the pages that people see on their way in.

use db::team::Invited;
use domain::fields::FieldErrors;

use crate::document::Theme;

/// What the form shows that asks once more who somebody is.
#[derive(Clone, Debug, Default)]
pub struct AgainForm {
    /// Where it goes: where the request went that it stands in for.
    pub action: String,
    /// What was sent there: names and values.
    pub sent: Vec<(String, String)>,
    /// A page to come back to.
    pub back: String,
    /// The tenant whose provider signed them in, if one did.
    pub provider: Option<String>,
    /// Whether they have an app for codes.
    pub has_codes: bool,
    /// Whether they have passkeys.
    pub has_passkeys: bool,
    /// Why the last attempt did not do.
    pub fault: Option<String>,
    /// The theme of this browser.
    pub theme: Theme,
}

/// What the form of the second factor shows.
#[derive(Clone, Debug, Default)]
pub struct CodeForm {
    /// Why the last attempt did not let them in.
    pub fault: Option<String>,
    /// The page they wanted to see: a path on this server.
    pub next: Option<String>,
    /// Whether this installation can have passkeys.
    pub passkeys: bool,
    /// The theme of this browser.
    pub theme: Theme,
}

/// What the form shows that asks for a new password.
#[derive(Clone, Debug, Default)]
pub struct ForgotForm {
    /// The address typed.
    pub email: String,
    /// Whether a letter is on its way, if there is such an account.
    pub is_sent: bool,
    /// What stands in the way.
    pub fault: Option<String>,
    /// The theme of this browser.
    pub theme: Theme,
}

/// What the form of a new password shows.
#[derive(Clone, Debug, Default)]
pub struct ResetForm {
    /// The secret of the link.
    pub secret: String,
    /// What is wrong.
    pub faults: FieldErrors,
    /// The theme of this browser.
    pub theme: Theme,
}

/// What an invitation shows.
#[derive(Clone, Debug)]
pub struct InvitationPage {
    /// The invitation.
    pub invited: Invited,
    /// The secret of its link.
    pub secret: String,
    /// Who reads it.
    pub standing: Standing,
    /// The name typed.
    pub name: String,
    /// What is wrong.
    pub faults: FieldErrors,
    /// Why it was refused.
    pub refused: Option<String>,
    /// The theme of this browser.
    pub theme: Theme,
}

/// Who reads an invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The invited, signed in.
    Invited,
    /// Somebody else, signed in with this address.
    Other(String),
    /// Nobody who is signed in; the invited have an account.
    HasAccount,
    /// Nobody who is signed in; the invited have none yet.
    New,
}

/// What the page shows that asks for a passkey.
#[derive(Clone, Debug, Default)]
pub struct PasskeyPage {
    /// What the device is asked, as JSON.
    pub options: String,
    /// The page they wanted to see: a path on this server.
    pub next: Option<String>,
    /// The theme of this browser.
    pub theme: Theme,
}
