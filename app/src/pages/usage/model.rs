//! The data of the page of usage.

use std::sync::Arc;

use db::limits::{Plan, Usage};

use crate::frame::TenantFrame;
use crate::ui::Clock;

/// What the page shows.
#[derive(Clone, Debug)]
pub struct UsagePage {
    /// What surrounds it.
    pub frame: TenantFrame,
    /// The tier.
    pub plan: Arc<Plan>,
    /// All limits.
    pub usage: Vec<Usage>,
    /// Now.
    pub clock: Clock,
}
