//! The data of the pages of tiers.

use db::platform::Tier;
use domain::fields::FieldErrors;

use crate::frame::PlatformFrame;

/// What the list of tiers shows.
#[derive(Clone, Debug)]
pub struct Tiers {
    /// What surrounds it.
    pub frame: PlatformFrame,
    /// All of them.
    pub tiers: Vec<Tier>,
    /// What was just done.
    pub done: Option<&'static str>,
}

/// What the form of a tier shows.
#[derive(Clone, Debug)]
pub struct TierForm {
    /// What surrounds it.
    pub frame: PlatformFrame,
    /// The slug of the tier that is changed; none for a new one.
    pub slug: Option<String>,
    /// Its name as it is.
    pub title: String,
    /// Whether it is retired.
    pub is_retired: bool,
    /// How many tenants are on it.
    pub tenants: i64,
    /// What is in the fields, by name.
    pub typed: Vec<(String, String)>,
    /// What is wrong with it.
    pub faults: FieldErrors,
    /// What was just done.
    pub done: Option<&'static str>,
}
