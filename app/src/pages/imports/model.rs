//! The data of the pages of imports.

use db::imports::{ProblemPage, Run};
use domain::fields::FieldErrors;
use domain::imports::ImportQuery;
use domain::page::{Page, Place};

use crate::frame::TenantFrame;
use crate::ui::Clock;
use crate::url;

/// What the list of imports shows.
#[derive(Clone, Debug)]
pub struct ImportIndex {
    /// What surrounds it.
    pub frame: TenantFrame,
    /// The filters, as far as they could be understood.
    pub query: ImportQuery,
    /// The filters as they stand in the address: names and values.
    pub typed: Vec<(String, String)>,
    /// What could not be understood, and is ignored.
    pub faults: FieldErrors,
    /// One page of runs.
    pub page: Page<Run, Place>,
    /// Whether whoever looks may run imports.
    pub may_run: bool,
}

/// What the form of a new import shows.
#[derive(Clone, Debug)]
pub struct ImportForm {
    /// What surrounds it.
    pub frame: TenantFrame,
    /// The slug of the store and the code of the format chosen before; empty for none, and `auto` for a format that the file shows.
    pub chosen: (String, String),
    /// Whether orders that exist are to be replaced by newer states of them.
    pub updates: bool,
    /// What is wrong.
    pub faults: FieldErrors,
    /// The largest file allowed, in megabytes.
    pub limit_mb: usize,
}

/// What the page of one import shows.
#[derive(Clone, Debug)]
pub struct ImportPage {
    /// What surrounds it.
    pub frame: TenantFrame,
    /// The run.
    pub run: Run,
    /// One page of its problems.
    pub problems: ProblemPage,
    /// Whether that page is the first.
    pub is_first: bool,
    /// Whether whoever looks may start imports.
    pub may_run: bool,
    /// Who else uploaded it and alone may start it: their address, if they have an account; none where it is the same person.
    pub uploaded_by: Option<String>,
    /// What was just done.
    pub done: Option<&'static str>,
}

impl ImportPage {
    /// The page's own address.
    pub fn address(&self) -> String {
        format!("{}/{}", url::imports(self.frame.tenant()), self.run.id)
    }

    /// The clock of the page.
    pub fn clock(&self) -> Clock {
        self.frame.clock()
    }
}
