//! What needs doing in a tenant: each kind with its number, and with the filter under which its list shows exactly that.

use chrono::NaiveDate;
use domain::calendar::{Tz, day_of, day_start, days_before};
use domain::imports::ImportView;
use domain::permission::Permission;
use sea_orm::{ColumnTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::entities::extras::counts_up_to;
use crate::entities::{TenantQueries, import_run};
use crate::error::DataError;
use crate::imports::list::condition;
use crate::orders::counts::{self, Count};
use crate::orders::filter::stores_of;
use crate::scope::{Access, Tx};
use crate::stores;

/// How long a sale may wait to be fulfilled, in days.
pub const FULFIL_WITHIN: u64 = 2;
/// How far back imports are looked at, in days.
pub const IMPORTS_SINCE: u64 = 14;
/// Most imports that are counted.
pub const MOST_IMPORTS: u64 = 100;

/// One kind of thing to do. Numbers are above zero.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Attention {
    /// Standing sales that wait to be fulfilled since the day `to` or longer.
    Overdue {
        /// How many.
        count: Count,
        /// The last local day of the list.
        to: NaiveDate,
    },
    /// Imports that ended early, or rejected some orders.
    Imports {
        /// Which of the two.
        view: ImportView,
        /// How many.
        count: Count,
        /// The first day of the list, by the clock of its page.
        from: NaiveDate,
    },
    /// Backups are not what they should be; in words.
    Backups(String),
}

/// What needs doing in one store, or in all, as far as the actor may see it. Three statements, two more for whoever
/// sees imports, two for whoever sees backups. Indexes: `orders_to_fulfil`, `import_runs_created`, `backups_kind`.
///
/// # Errors
/// [`DataError::NotFound`] for a store that is not the tenant's.
pub async fn list(access: &Access, store: Option<&str>) -> Result<Vec<Attention>, DataError> {
    // Each kind asks for the right to its list; whoever has none of them is told of nothing.
    let scope = access.scope(Permission::ReadReports)?;
    let account = stores::account_zone(&scope).await?;
    let tx = scope.begin().await?;
    let stores = stores_of(&tx, store).await?;
    let zone = store.and_then(|_| stores.first()).map_or(account, |store| store.zone);
    let ids: Vec<Uuid> = stores.iter().map(|s| s.id.0).collect();
    let before = days_before(day_of(scope.now(), zone), FULFIL_WITHIN);
    let mut found = Vec::new();
    if access.allows(Permission::ReadOrders) {
        let overdue = counts::overdue(&tx, &ids, before).await?;
        found.push(Attention::Overdue { count: overdue, to: days_before(before, 1) });
    }
    if access.allows(Permission::ReadImports) {
        found.extend(imports(&tx, &ids, zone).await?);
    }
    tx.commit().await?;
    if let Ok(scope) = access.scope(Permission::ReadBackups) {
        let alarms = crate::backups::tenant_alarms(&scope).await?;
        found.extend(alarms.into_iter().map(|alarm| Attention::Backups(alarm.words)));
    }
    found.retain(|item| item.count().number > 0);
    Ok(found)
}

impl Attention {
    /// How many of it there are.
    pub const fn count(&self) -> Count {
        match self {
            Self::Overdue { count, .. } | Self::Imports { count, .. } => *count,
            Self::Backups(_) => Count { number: 1, more: false },
        }
    }
}

async fn imports(tx: &Tx, stores: &[Uuid], zone: Tz) -> Result<Vec<Attention>, DataError> {
    let from = days_before(day_of(tx.scope().now(), zone), IMPORTS_SINCE);
    let views = [ImportView::Failed, ImportView::Rejected];
    let runs = views.map(|view| {
        tx.find::<import_run::Entity>()
            .filter(import_run::Column::StoreId.eq_any(stores.iter().copied()))
            .filter(import_run::Column::CreatedAt.gte(day_start(from, zone)))
            .filter(condition(view))
    });
    let numbers = counts_up_to(runs, MOST_IMPORTS + 1, tx.conn()).await?;
    let most = MOST_IMPORTS.cast_signed();
    let item = |(view, number): (ImportView, i64)| {
        let count = Count { number: number.min(most), more: number > most };
        Attention::Imports { view, count, from }
    };
    Ok(views.into_iter().zip(numbers).map(item).collect())
}
