//! The frame around a page: rail, bar and bottom bar within a tenant, the same in dark for the platform, a plain one before both.

mod bar;
mod bare;
mod impersonation_bar;
mod menu;
mod platform;
mod rail;
mod tenant;

pub use bare::bare;
pub use impersonation_bar::ImpersonationBar;
pub use menu::ThemeForm;
pub use platform::{Place, PlatformFrame};
pub use tenant::{Live, Section, TenantFrame, pages_of};

use std::sync::Arc;

use db::people::Person;

use crate::document::Theme;

/// Who looks, and at which address.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// Who.
    pub person: Arc<Person>,
    /// How they want it to look.
    pub theme: Theme,
    /// Path and query of this page: where a change of theme leads back to.
    pub here: String,
    /// The impersonation, where a platform admin views pages as this person.
    pub impersonation: Option<ImpersonationBar>,
}

impl Visitor {
    /// Whether nothing that they send is taken: they impersonate this person and have no write access.
    pub fn changes_nothing(&self) -> bool {
        self.impersonation.as_ref().is_some_and(|bar| !bar.has_write_access)
    }

    /// The two letters in the corner.
    pub fn initials(&self) -> String {
        let name = if self.person.name.trim().is_empty() { &self.person.email } else { &self.person.name };
        let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.take(2).filter_map(|word| word.chars().next()).flat_map(char::to_uppercase).collect()
    }
}
