//! A transaction that reads the rows of one tenant, or those of all tenants for the platform: a list that both have is one
//! function.

use sea_orm::{FromQueryResult, Select, Value};

use crate::entities::{AllTenantsQueries, SharedQueries, TenantEntity, TenantQueries};
use crate::error::DataError;
use crate::platform::PlatformTx;
use crate::scope::Tx;
use crate::transaction::Transaction;

/// The transaction of a tenant or of the platform.
#[derive(Clone, Copy)]
pub(crate) enum ReadTx<'a> {
    /// Reads the rows of its tenant.
    Tenant(&'a Tx),
    /// Reads the rows of all tenants.
    Platform(&'a PlatformTx),
}

impl SharedQueries for ReadTx<'_> {}

impl<'a> ReadTx<'a> {
    /// A select of the rows that the transaction may read.
    pub(crate) fn find<E: TenantEntity>(self) -> Select<E> {
        match self {
            Self::Tenant(tx) => tx.find(),
            Self::Platform(tx) => tx.find_all(),
        }
    }

    /// The connection, for queries of entities.
    pub(crate) const fn conn(self) -> &'a Transaction {
        match self {
            Self::Tenant(tx) => tx.conn(),
            Self::Platform(tx) => tx.conn(),
        }
    }

    /// The rows of an SQL text.
    pub(crate) async fn all<T: FromQueryResult>(self, sql: &str, values: Vec<Value>) -> Result<Vec<T>, DataError> {
        match self {
            Self::Tenant(tx) => tx.all(sql, values).await,
            Self::Platform(tx) => tx.all(sql, values).await,
        }
    }
}
