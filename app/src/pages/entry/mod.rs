//! Pages before somebody is signed in: the second step, forgotten passwords, links from letters, invitations.

mod again;
mod code;
mod company;
mod forgot;
mod invitation;
mod link;
mod passkey;
mod reset;

pub use again::{AgainForm, page as again};
pub use code::{CodeForm, page as code};
pub use company::{CompanyForm, CompanyPage, form as company_form, page as company, refused as company_refused};
pub use forgot::{ForgotForm, page as forgot};
pub use invitation::{InvitationPage, Standing, page as invitation};
pub use link::{confirm, over};
pub use passkey::{PasskeyPage, button as passkey_button, page as passkey};
pub use reset::{ResetForm, page as reset};
