//! The nightly recount of a tenant's customers. Each batch is a transaction of its own, and doing one again changes
//! nothing: stopped anywhere, the next night begins anew.

use db::{Access, DataError, Db, customer_metrics};
use domain::ids::{CustomerId, TenantId, Uuid};
use domain::permission::Permission;
use tokio_util::sync::CancellationToken;

/// Customers whose orders are read in one statement.
const AT_ONCE: u64 = 5_000;

/// What was done.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Report {
    /// Customers looked at.
    pub customers: i64,
    /// In so many batches.
    pub batches: u64,
    /// Scores and segments that changed.
    pub changed: u64,
    /// Whether it was stopped before its end.
    pub is_stopped: bool,
}

/// Recomputes the metrics of all customers of a tenant, then scores them store by store.
///
/// # Errors
/// When PostgreSQL fails; batches that were done stay done.
pub async fn measure(db: &Db, tenant: TenantId, stop: &CancellationToken) -> Result<Report, DataError> {
    measure_in(db, tenant, AT_ONCE, stop).await
}

/// The same in batches of `at_once` customers.
///
/// # Errors
/// When PostgreSQL fails; batches that were done stay done.
pub async fn measure_in(
    db: &Db,
    tenant: TenantId,
    at_once: u64,
    stop: &CancellationToken,
) -> Result<Report, DataError> {
    let scope = Access::job(db.clone(), tenant).scope(Permission::ReadOrders)?;
    let mut report = Report::default();
    let mut after = CustomerId(Uuid::nil());
    while let Some(batch) = customer_metrics::gather(&scope, after, at_once).await? {
        after = batch.last;
        report.customers += batch.customers;
        report.batches += 1;
        if stop.is_cancelled() {
            return Ok(Report { is_stopped: true, ..report });
        }
    }
    let tx = scope.begin().await?;
    let stores = db::stores::list(&tx).await?;
    tx.commit().await?;
    for store in &stores {
        report.changed += customer_metrics::rank(&scope, store).await?;
        if stop.is_cancelled() {
            return Ok(Report { is_stopped: true, ..report });
        }
    }
    Ok(report)
}
