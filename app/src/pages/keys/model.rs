//! The data of the pages of API keys.

use db::api_keys::KeyRow;
use domain::fields::FieldErrors;

use crate::frame::TenantFrame;
use crate::ui::Clock;

/// What the list of keys shows.
#[derive(Clone, Debug)]
pub struct KeyIndex {
    /// What surrounds it.
    pub frame: TenantFrame,
    /// The keys, living ones first.
    pub keys: Vec<KeyRow>,
    /// The form.
    pub form: KeyForm,
    /// A key that was just made.
    pub made: Option<String>,
    /// The word for what was just done.
    pub done: Option<String>,
    /// Now.
    pub clock: Clock,
}

/// What was typed for a new key.
#[derive(Clone, Debug, Default)]
pub struct KeyForm {
    /// What it is for.
    pub name: String,
    /// The scopes chosen.
    pub scopes: Vec<String>,
    /// The slug of its only store; empty for all.
    pub store: String,
    /// After how many days it ends; empty for never.
    pub days: String,
    /// What is wrong.
    pub faults: FieldErrors,
}

/// What the page of one key shows.
#[derive(Clone, Debug)]
pub struct OneKey {
    /// What surrounds it.
    pub frame: TenantFrame,
    /// The key.
    pub key: KeyRow,
    /// The key that was just made in its place.
    pub made: Option<String>,
    /// What is wrong with what was chosen.
    pub faults: FieldErrors,
    /// Why a change was refused.
    pub refused: Option<String>,
    /// Now.
    pub clock: Clock,
}
