//! The data of the pages of settings.

use std::sync::Arc;

use domain::fields::FieldErrors;
use domain::settings::{StoreSettings, TenantSettings};

use crate::frame::TenantFrame;

/// What the settings of a tenant show.
#[derive(Clone, Debug)]
pub struct SettingsPage {
    /// What surrounds it.
    pub frame: TenantFrame,
    /// What is set for the tenant as a whole.
    pub settings: Arc<TenantSettings>,
    /// Days for which backups are kept.
    pub backup_days: u32,
    /// Quarters after which orders are archived; 0 for never.
    pub retention_quarters: u32,
    /// Whatever form was sent, as it was typed: names and values.
    pub typed: Vec<(String, String)>,
    /// What is wrong with what was typed.
    pub faults: FieldErrors,
    /// What was just done.
    pub done: Option<&'static str>,
}

/// What the settings of a store show.
#[derive(Clone, Debug)]
pub struct StorePage {
    /// What surrounds it.
    pub frame: TenantFrame,
    /// The store in addresses.
    pub slug: String,
    /// The settings as they are.
    pub settings: StoreSettings,
    /// What was typed, where something of it is wrong.
    pub typed: StoreValues,
    /// What is wrong with it.
    pub faults: FieldErrors,
    /// Whether the zone is fixed.
    pub has_orders: bool,
    /// What was just done.
    pub done: Option<&'static str>,
}

/// The values of a form, by name: as they are, or as they were typed.
#[derive(Clone, Debug, Default)]
pub struct StoreValues(pub Vec<(String, String)>);
