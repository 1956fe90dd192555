//! Jobs as people see them: rows, one job, filters. The platform's pages and a tenant's own show the same things; only
//! the platform may change them.

mod detail;
mod filters;
mod model;
mod table;
mod tenant;
mod words;

pub use detail::detail;
pub use filters::{filters, tabs};
pub use model::{Listed, TenantJob, TenantJobs};
pub use table::{live_table, runs_table};
pub use tenant::{index, kind, nothing, pager, show};
pub use words::{outcome, state, who};

use domain::ids::{JobId, TenantId};
use domain::jobs::JobQuery;

use crate::url;

/// Where jobs are shown: on the platform, or within one tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown<'a> {
    /// Those of everybody.
    Platform,
    /// Those of one tenant.
    Tenant(&'a str),
}

impl Shown<'_> {
    /// The list of all.
    pub fn path(self) -> String {
        match self {
            Self::Platform => "/platform/jobs/list".to_owned(),
            Self::Tenant(slug) => format!("/t/{slug}/settings/jobs"),
        }
    }

    /// The list under `query`.
    pub fn list(self, query: &JobQuery) -> String {
        url::with_query(&self.path(), query.pairs().iter().map(|(n, v)| (*n, v.as_str())))
    }

    /// One job. On the platform the address names whose it is, unless it is the installation's own.
    pub fn job(self, tenant: TenantId, slug: Option<&str>, id: JobId) -> String {
        match self {
            Self::Tenant(here) => format!("/t/{here}/settings/jobs/{id}"),
            Self::Platform if tenant.0.is_nil() => format!("/platform/jobs/{id}"),
            Self::Platform => {
                let tenant = slug.map_or_else(|| tenant.to_string(), str::to_owned);
                url::with_query(&format!("/platform/jobs/{id}"), [("tenant", tenant.as_str())])
            }
        }
    }
}
