//! Whose backups: the installation's, or one tenant's. The same queries serve both: the tenant's id stands in them, the
//! nil id for the installation.

use domain::backups::Kind;
use domain::feed::EventKind;
use domain::ids::{BackupId, TenantId};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect, UpdateMany, Value};
use serde_json::json;
use uuid::Uuid;

use crate::connect::Db;
use crate::entities::{SharedQueries, TenantQueries, backup, platform_generation, tenant};
use crate::error::DataError;
use crate::feed::{self, NewEvent};
use crate::platform::{Platform, PlatformTx};
use crate::scope::{Actor, Scope, Tx};
use crate::transaction::Transaction;

/// Whose backups.
#[derive(Clone)]
pub enum Place {
    /// Of the installation as a whole.
    Platform(Platform),
    /// Of one tenant.
    Tenant(Scope),
}

impl Place {
    /// Where backups of `tenant` (nil for the installation) stand, for background work.
    ///
    /// # Errors
    /// Never for background work; it may do everything.
    pub fn for_job(db: &Db, tenant: TenantId) -> Result<Self, DataError> {
        if tenant == PlatformTx::NIL {
            return Ok(Self::Platform(Platform::command(db.clone())));
        }
        let access = crate::scope::Access::job(db.clone(), tenant);
        Ok(Self::Tenant(access.scope(domain::permission::Permission::ManageBackups)?))
    }

    /// Where backups of `tenant` (nil for the installation) stand, for somebody at the command line.
    ///
    /// # Errors
    /// Never at the command line; it may do everything.
    pub fn for_command(db: &Db, tenant: TenantId) -> Result<Self, DataError> {
        if tenant == PlatformTx::NIL {
            return Ok(Self::Platform(Platform::command(db.clone())));
        }
        let access = crate::scope::Access::command(db.clone(), tenant);
        Ok(Self::Tenant(access.scope(domain::permission::Permission::ManageBackups)?))
    }

    /// The tenant; nil for the installation.
    pub const fn tenant(&self) -> TenantId {
        match self {
            Self::Platform(_) => PlatformTx::NIL,
            Self::Tenant(scope) => scope.tenant(),
        }
    }

    /// Pool, clock and cache.
    pub const fn db(&self) -> &Db {
        match self {
            Self::Platform(platform) => platform.db(),
            Self::Tenant(scope) => scope.db(),
        }
    }

    /// Whether backups of `kind` can be made here.
    pub const fn fits(&self, kind: Kind) -> bool {
        matches!((self, kind), (Self::Platform(_), Kind::Full) | (Self::Tenant(_), Kind::Database | Kind::Files))
    }

    pub(super) fn actor(&self) -> String {
        match self {
            Self::Platform(_) => Actor::Command.to_string(),
            Self::Tenant(scope) => scope.actor().to_string(),
        }
    }

    pub(super) async fn begin(&self) -> Result<Work, DataError> {
        Ok(match self {
            Self::Platform(platform) => Work::Platform(platform.begin().await?),
            Self::Tenant(scope) => Work::Tenant(scope.begin().await?),
        })
    }
}

/// A transaction there.
pub(super) enum Work {
    Platform(PlatformTx),
    Tenant(Tx),
}

impl TenantQueries for Work {
    fn tenant_filter(&self) -> TenantId {
        match self {
            Self::Platform(_) => PlatformTx::NIL,
            Self::Tenant(tx) => tx.tenant_filter(),
        }
    }
}

impl SharedQueries for Work {}

impl Work {
    /// Runs `sql`, in which `$1` is the tenant and `$2..` are `values`; rows affected.
    pub(super) async fn run(&self, sql: &str, values: impl IntoIterator<Item = Value>) -> Result<u64, DataError> {
        match self {
            Self::Platform(tx) => tx.run(sql, std::iter::once(PlatformTx::NIL.0.into()).chain(values)).await,
            Self::Tenant(tx) => tx.run(sql, values).await,
        }
    }

    /// The transaction itself, for entities.
    pub(super) const fn conn(&self) -> &Transaction {
        match self {
            Self::Platform(tx) => tx.conn(),
            Self::Tenant(tx) => tx.conn(),
        }
    }

    /// An update of the backup `id`.
    pub(super) fn update_one(&self, id: BackupId) -> UpdateMany<backup::Entity> {
        self.update::<backup::Entity>().filter(backup::Column::Id.eq(id.0))
    }

    /// Commits a change of the backup `id`, so that whatever was cached about backups is out of date: the tenant's
    /// by an event of its feed, the platform's by its own generation.
    pub(super) async fn commit_change(self, id: BackupId, kind: Kind, status: &str) -> Result<(), DataError> {
        if let Self::Tenant(tx) = &self {
            // Exports outlive their tenant, and then there is nobody to tell.
            let own = tx.find_shared::<tenant::Entity>().filter(tenant::Column::Id.eq(tx.tenant_filter().0));
            let own = own.select_only().column(tenant::Column::Id).into_tuple::<Uuid>();
            if own.one(tx.conn()).await?.is_some() {
                let data = json!({"id": id, "kind": kind, "status": status});
                feed::append(tx, vec![NewEvent { kind: EventKind::BackupChanged, store: None, data }]).await?;
            }
        }
        let next = Expr::col(platform_generation::Column::Generation).add(1);
        let moved_on = self
            .update_shared::<platform_generation::Entity>()
            .col_expr(platform_generation::Column::Generation, next)
            .filter(platform_generation::Column::Name.eq("backups"));
        moved_on.exec(self.conn()).await?;
        self.commit().await
    }

    pub(super) async fn commit(self) -> Result<(), DataError> {
        match self {
            Self::Platform(tx) => tx.commit().await,
            Self::Tenant(tx) => tx.commit().await,
        }
    }
}
