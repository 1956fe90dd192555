//! The data of the audit log pages.

use std::collections::HashMap;

use db::audit::Entry;
use domain::audit::AuditQuery;
use domain::fields::FieldErrors;
use domain::page::{Page, Place};

use crate::frame::{PlatformFrame, TenantFrame};
use crate::ui::Clock;

/// What surrounds the record.
#[derive(Clone, Debug)]
pub enum Around {
    /// A tenant's pages.
    Tenant(Box<TenantFrame>),
    /// The platform's.
    Platform(PlatformFrame),
}

/// What the audit log shows.
#[derive(Clone, Debug)]
pub struct AuditPage {
    /// What surrounds it.
    pub around: Around,
    /// The filters, as far as they could be understood.
    pub query: AuditQuery,
    /// The filters as they stand in the address: names and values.
    pub typed: Vec<(String, String)>,
    /// What could not be understood, and is ignored.
    pub faults: FieldErrors,
    /// One page of entries.
    pub page: Page<Entry, Place>,
    /// The email addresses of actors.
    pub people: HashMap<String, String>,
    /// Now.
    pub clock: Clock,
}

/// What the page of an export shows that is larger than the tier allows.
#[derive(Clone, Debug)]
pub struct TooLarge {
    /// What surrounds it.
    pub around: Around,
    /// The filters, from where the export was to begin.
    pub query: AuditQuery,
    /// The name of the tier.
    pub tier: String,
    /// The rows that it allows.
    pub allowed: i64,
    /// Where the rows after those begin.
    pub rest: Place,
}
