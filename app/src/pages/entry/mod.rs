//! Pages before somebody is signed in: the second step, forgotten passwords, links from letters, invitations.

mod again;
mod code;
mod forgot;
mod invitation;
mod link;
mod model;
mod passkey;
mod reset;
mod sso;

pub use again::page as again;
pub use code::page as code;
pub use forgot::page as forgot;
pub use invitation::page as invitation;
pub use link::{confirm, over};
pub use model::{AgainForm, CodeForm, ForgotForm, InvitationPage, PasskeyPage, ResetForm, Standing};
pub use passkey::{button as passkey_button, page as passkey};
pub use reset::page as reset;
pub use sso::{SsoForm, SsoPage, form as sso_form, page as sso, refused as sso_refused};
