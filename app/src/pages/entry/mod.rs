//! Pages before somebody is signed in: the second step, forgotten passwords, links from letters, invitations.

mod again;
mod code;
mod forgot;
mod invitation;
mod link;
mod passkey;
mod reset;
mod sso;

pub use again::{AgainForm, page as again};
pub use code::{CodeForm, page as code};
pub use forgot::{ForgotForm, page as forgot};
pub use invitation::{InvitationPage, Standing, page as invitation};
pub use link::{confirm, over};
pub use passkey::{PasskeyPage, button as passkey_button, page as passkey};
pub use reset::{ResetForm, page as reset};
pub use sso::{SsoForm, SsoPage, form as sso_form, page as sso, refused as sso_refused};
