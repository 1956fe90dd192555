//! Whose backups: the installation's, or one tenant's. The same statements serve both; `$1` is the tenant, the nil id
//! for the installation.

use domain::backups::Kind;
use domain::feed::EventKind;
use domain::ids::{BackupId, TenantId};
use sea_orm::{FromQueryResult, Value};
use serde_json::json;

use crate::connect::Db;
use crate::error::DataError;
use crate::feed::{self, NewEvent};
use crate::platform::{Platform, PlatformTx};
use crate::scope::{Actor, Scope, Tx};

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

impl Work {
    pub(super) async fn run(&self, sql: &str, values: impl IntoIterator<Item = Value>) -> Result<u64, DataError> {
        match self {
            Self::Platform(tx) => tx.run(sql, nil_first(values)).await,
            Self::Tenant(tx) => tx.run(sql, values).await,
        }
    }

    pub(super) async fn one<T: FromQueryResult>(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Option<T>, DataError> {
        match self {
            Self::Platform(tx) => tx.one(sql, nil_first(values)).await,
            Self::Tenant(tx) => tx.one(sql, values).await,
        }
    }

    /// Commits a change of the backup `id`, so that whatever was cached about backups is out of date: the tenant's
    /// by an event of its feed, the platform's by its own generation.
    pub(super) async fn commit_change(self, id: BackupId, kind: Kind, status: &str) -> Result<(), DataError> {
        let moved_on = "update platform_generations set generation = generation + 1 where name = 'backups'";
        match self {
            Self::Platform(tx) => {
                tx.run(moved_on, []).await?;
                tx.commit().await
            }
            Self::Tenant(tx) => {
                // Exports outlive their tenant, and then there is nobody to tell.
                let sql = "select exists (select from tenants where id = $1)";
                if tx.scalar::<bool>(sql, []).await? == Some(true) {
                    let data = json!({"id": id, "kind": kind, "status": status});
                    feed::append(&tx, vec![NewEvent { kind: EventKind::BackupChanged, store: None, data }]).await?;
                }
                // `$1` is the tenant in every statement of a tenant, so it must stand in this one too.
                tx.run(&format!("{moved_on} and $1::uuid is not null"), []).await?;
                tx.commit().await
            }
        }
    }

    pub(super) async fn commit(self) -> Result<(), DataError> {
        match self {
            Self::Platform(tx) => tx.commit().await,
            Self::Tenant(tx) => tx.commit().await,
        }
    }
}

fn nil_first(values: impl IntoIterator<Item = Value>) -> impl Iterator<Item = Value> {
    std::iter::once(Value::from(PlatformTx::NIL.0)).chain(values)
}
