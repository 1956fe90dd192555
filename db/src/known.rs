//! What this process knows of what stands in PostgreSQL. Every noun says what of it is kept, how much and for how long; all
//! of it goes by the rule of [`crate::cache::cached`].

use crate::limits::KnownPlans;
use crate::partitions::KnownQuarters;
use crate::settings::KnownSettings;
use crate::stores::KnownStores;

/// By noun.
#[derive(Default)]
pub struct Known {
    /// The settings of stores and tenants, as pages know them.
    pub settings: KnownSettings,
    /// The tenants' stores, as pages and lists know them.
    pub(crate) stores: KnownStores,
    /// What tenants are allowed.
    pub(crate) plans: KnownPlans,
    /// The quarters that this process has just seen.
    pub(crate) quarters: KnownQuarters,
}
