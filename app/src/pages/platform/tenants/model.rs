//! The data of the pages of tenants.

use std::collections::HashMap;

use db::platform::{Figures, TenantRow, Tier};
use domain::fields::FieldErrors;
use domain::ids::TenantId;
use domain::tenants::TenantQuery;

use crate::frame::PlatformFrame;
use crate::ui::Clock;

/// What the list of tenants shows.
#[derive(Clone, Debug)]
pub struct TenantList {
    /// What surrounds it.
    pub frame: PlatformFrame,
    /// What was asked for, as far as it could be understood.
    pub query: TenantQuery,
    /// The query of the address as it was typed: names and values.
    pub typed: Vec<(String, String)>,
    /// What of it could not be understood, and is ignored.
    pub faults: FieldErrors,
    /// The rows.
    pub rows: Vec<TenantRow>,
    /// Behind which slug there are more.
    pub next: Option<String>,
    /// What each of them uses.
    pub figures: HashMap<TenantId, Figures>,
    /// All tiers, to filter by and to judge the figures.
    pub tiers: Vec<Tier>,
    /// What was just done.
    pub done: Option<&'static str>,
    /// Now.
    pub clock: Clock,
}

/// What the page of one tenant shows.
#[derive(Clone, Debug)]
pub struct OneTenant {
    /// What surrounds it.
    pub frame: PlatformFrame,
    /// The tenant.
    pub tenant: TenantRow,
    /// What it uses.
    pub figures: Figures,
    /// Its tier.
    pub tier: Tier,
    /// All tiers.
    pub tiers: Vec<Tier>,
    /// The name as it was typed.
    pub name: String,
    /// What is wrong with it.
    pub faults: FieldErrors,
    /// What was just done.
    pub done: Option<&'static str>,
    /// Now.
    pub clock: Clock,
}

/// What the form of a new tenant shows.
#[derive(Clone, Debug)]
pub struct NewTenantForm {
    /// What surrounds it.
    pub frame: PlatformFrame,
    /// Tiers that somebody can be put on.
    pub tiers: Vec<Tier>,
    /// What was typed before, by name.
    pub typed: Vec<(String, String)>,
    /// What is wrong with it.
    pub faults: FieldErrors,
}

/// The first owner, for whom an account was made.
#[derive(Clone, Debug)]
pub struct MadeOwner {
    /// What surrounds the page.
    pub frame: PlatformFrame,
    /// The slug of the new tenant.
    pub slug: String,
    /// Who owns it.
    pub email: String,
    /// The password, shown this once.
    pub password: String,
}
