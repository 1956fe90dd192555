//! Where queries of entities begin: each handle on the data offers those that it may run.
#![expect(clippy::disallowed_methods, reason = "the one place where SeaORM's own beginnings are used")]

use domain::ids::TenantId;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, DeleteMany, EntityTrait, Insert, InsertMany, LoaderTrait,
    ModelTrait, QueryFilter, Related, Select, UpdateMany, Value,
};

use super::{SharedEntity, TenantEntity};

/// Queries of one tenant's rows. Row-level security holds beside them, and alone.
pub trait TenantQueries {
    /// Whose rows the queries reach.
    fn tenant_filter(&self) -> TenantId;

    /// A select of the tenant's rows.
    fn find<E: TenantEntity>(&self) -> Select<E> {
        E::find().filter(E::TENANT.eq(self.tenant_filter().0))
    }

    /// An update of the tenant's rows; narrow it before it runs.
    fn update<E: TenantEntity>(&self) -> UpdateMany<E> {
        E::update_many().filter(E::TENANT.eq(self.tenant_filter().0))
    }

    /// A delete of the tenant's rows; narrow it before it runs.
    fn delete<E: TenantEntity>(&self) -> DeleteMany<E> {
        E::delete_many().filter(E::TENANT.eq(self.tenant_filter().0))
    }

    /// An insert of a row, which becomes the tenant's whatever it says itself.
    fn insert<A>(&self, row: A) -> Insert<A>
    where
        A: ActiveModelTrait,
        A::Entity: TenantEntity,
    {
        A::Entity::insert(self.owned(row))
    }

    /// An insert of rows, which become the tenant's whatever they say themselves.
    fn insert_many<A>(&self, rows: impl IntoIterator<Item = A>) -> InsertMany<A>
    where
        A: ActiveModelTrait,
        A::Entity: TenantEntity,
    {
        A::Entity::insert_many(rows.into_iter().map(|row| self.owned(row)))
    }

    /// The row as the tenant's.
    fn owned<A>(&self, mut row: A) -> A
    where
        A: ActiveModelTrait,
        A::Entity: TenantEntity,
    {
        row.set(A::Entity::TENANT, Value::from(self.tenant_filter().0));
        row
    }
}

/// Queries of rows that belong to no tenant.
pub trait SharedQueries {
    /// A select.
    fn find_shared<E: SharedEntity>(&self) -> Select<E> {
        E::find()
    }

    /// An update; narrow it before it runs.
    fn update_shared<E: SharedEntity>(&self) -> UpdateMany<E> {
        E::update_many()
    }

    /// A delete; narrow it before it runs.
    fn delete_shared<E: SharedEntity>(&self) -> DeleteMany<E> {
        E::delete_many()
    }

    /// An insert.
    fn insert_shared<A>(&self, row: A) -> Insert<A>
    where
        A: ActiveModelTrait,
        A::Entity: SharedEntity,
    {
        A::Entity::insert(row)
    }

    /// An insert of rows.
    fn insert_many_shared<A>(&self, rows: impl IntoIterator<Item = A>) -> InsertMany<A>
    where
        A: ActiveModelTrait,
        A::Entity: SharedEntity,
    {
        A::Entity::insert_many(rows)
    }
}

/// Queries of rows of all tenants, for transactions that row-level security lets see them: the platform's, and a user's
/// own memberships.
pub trait AllTenantsQueries {
    /// A select.
    fn find_all<E: TenantEntity>(&self) -> Select<E> {
        E::find()
    }

    /// An update; narrow it before it runs.
    fn update_all<E: TenantEntity>(&self) -> UpdateMany<E> {
        E::update_many()
    }

    /// A delete; narrow it before it runs.
    fn delete_all<E: TenantEntity>(&self) -> DeleteMany<E> {
        E::delete_many()
    }

    /// An insert of a row that names its tenant itself.
    fn insert_any<A>(&self, row: A) -> Insert<A>
    where
        A: ActiveModelTrait,
        A::Entity: TenantEntity,
    {
        A::Entity::insert(row)
    }
}

/// The row that each of `rows` belongs to, of those that `related` selects. One statement.
pub async fn load_one<M, R, C>(rows: &[M], related: Select<R>, conn: &C) -> Result<Vec<Option<R::Model>>, DbErr>
where
    M: ModelTrait + Sync,
    R: EntityTrait,
    R::Model: Send + Sync,
    M::Entity: Related<R>,
    C: ConnectionTrait,
{
    rows.load_one(related, conn).await
}

/// The rows that belong to each of `rows`, of those that `related` selects. One statement.
pub async fn load_many<M, R, C>(rows: &[M], related: Select<R>, conn: &C) -> Result<Vec<Vec<R::Model>>, DbErr>
where
    M: ModelTrait + Sync,
    R: EntityTrait,
    R::Model: Send + Sync,
    M::Entity: Related<R>,
    C: ConnectionTrait,
{
    rows.load_many(related, conn).await
}
