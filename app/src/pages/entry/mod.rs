//! Pages before somebody is signed in: the second step, forgotten passwords, links from letters, invitations.

mod again;
mod code;
mod company;
mod forgot;
mod invitation;
mod link;
mod model;
mod passkey;
mod reset;

pub use again::page as again;
pub use code::page as code;
pub use company::{CompanyForm, CompanyPage, form as company_form, page as company, refused as company_refused};
pub use forgot::page as forgot;
pub use invitation::page as invitation;
pub use link::{confirm, over};
pub use model::{AgainForm, CodeForm, ForgotForm, InvitationPage, PasskeyPage, ResetForm, Standing};
pub use passkey::{button as passkey_button, page as passkey};
pub use reset::page as reset;
