//! The data of the dashboard.

use std::sync::Arc;

use chrono::NaiveDate;
use db::attention::Attention;
use db::dashboards::{Dashboard, DashboardQuery};
use db::limits::Usage;
use db::orders::OrderRow;
use domain::fields::FieldErrors;
use domain::period::Preset;
use domain::settings::StoreCalendar;

use crate::frame::TenantFrame;

/// What the dashboard shows.
#[derive(Clone, Debug)]
pub struct DashboardPage {
    /// What surrounds it.
    pub frame: TenantFrame,
    /// What was asked for, as far as it could be understood.
    pub query: DashboardQuery,
    /// The period by its name, where the address has one or nothing about days.
    pub chosen: Option<Preset>,
    /// The query of the address as it was typed: names and values.
    pub typed: Vec<(String, String)>,
    /// What could not be understood, and is ignored.
    pub faults: FieldErrors,
    /// The figures.
    pub dashboard: Arc<Dashboard>,
    /// The latest orders; none for whoever may not see orders.
    pub latest: Option<Vec<OrderRow>>,
    /// What needs doing.
    pub attention: Vec<Attention>,
    /// Limits of the tier that are near or reached, for those who can do something about it.
    pub warnings: Vec<Usage>,
    /// Today in the zone of the figures.
    pub today: NaiveDate,
    /// Weeks and years of the store.
    pub calendar: StoreCalendar,
}
