//! Rows of older versions, brought to what this one would have stored: what neither a migration nor an old backup can say, because
//! only the program knows it. In small transactions, in any order and as often as one likes: what is right stays as it is.

use chrono::{DateTime, TimeDelta, Utc};
use domain::email;
use domain::ids::TenantId;
use domain::permission::Permission;
use domain::text_key::sought;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect, Set};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::connect::Db;
use crate::customers::of_address;
use crate::entities::{SharedQueries, mended, tenant};
use crate::error::DataError;
use crate::platform::Platform;
use crate::rollups;
use crate::scope::Access;

/// Rows in one transaction.
const BATCH: i64 = 5_000;
const TENANTS: u64 = 1_000_000;
/// What was done once, in `mended`.
const KEYS_AND_DAYS: &str = "keys and days of 2026-11";

/// For so long after the first time, because servers of the version before may have run beside the new schema.
const AGAIN: TimeDelta = TimeDelta::days(3);

/// Mends every tenant's rows: after an upgrade, and again for the nights that follow; how many rows and buckets. Later it costs
/// one statement.
///
/// # Errors
/// When PostgreSQL fails. What was mended until then stays so, and the next attempt goes on.
pub async fn once(db: &Db) -> Result<u64, DataError> {
    let now = db.clock().now();
    let done = db
        .find_shared::<mended::Entity>()
        .filter(mended::Column::What.eq(KEYS_AND_DAYS))
        .filter(mended::Column::DoneAt.lt(now - AGAIN));
    if done.one(&db.conn).await?.is_some() {
        return Ok(0);
    }
    let mut rows = names(db).await?;
    for tenant in Platform::command(db.clone()).tenants(TENANTS).await? {
        rows += self::rows(db, tenant.id).await? + figures(db, tenant.id).await?;
    }
    let row = mended::ActiveModel { what: Set(KEYS_AND_DAYS.to_owned()), done_at: Set(now) };
    let row = db.insert_shared(row).on_conflict(OnConflict::new().do_nothing().to_owned());
    row.exec_without_returning(&db.conn).await?;
    Ok(rows)
}

/// Mends the rows of one tenant, but for figures; how many.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn rows(db: &Db, tenant: TenantId) -> Result<u64, DataError> {
    let mut rows = 0;
    for step in Step::ALL {
        let mut after = Some(BEGINNING);
        while let Some(from) = after {
            let mut tx = db.pool.begin().await?;
            // SQL: a setting of the transaction.
            sqlx::query("select set_config('app.tenant', $1::text, true)").bind(tenant.0).execute(&mut *tx).await?;
            let (changed, next) = step.batch(&mut tx, tenant.0, from).await?;
            tx.commit().await?;
            (rows, after) = (rows + changed, next);
        }
    }
    Ok(rows)
}

/// The same within the transaction of `conn`, which must stand inside the tenant's wall.
///
/// # Errors
/// When PostgreSQL fails.
pub(crate) async fn rows_within(conn: &mut PgConnection, tenant: TenantId) -> Result<(), DataError> {
    for step in Step::ALL {
        let mut after = Some(BEGINNING);
        while let Some(from) = after {
            after = step.batch(conn, tenant.0, from).await?.1;
        }
    }
    Ok(())
}

// What tenants are found by.
async fn names(db: &Db) -> Result<u64, DataError> {
    let unnamed = db.find_shared::<tenant::Entity>().filter(tenant::Column::NameKey.eq(""));
    let unnamed = unnamed.select_only().columns([tenant::Column::Id, tenant::Column::Name]);
    let unnamed: Vec<(Uuid, String)> = unnamed.into_tuple().all(&db.conn).await?;
    let (ids, names): (Vec<Uuid>, Vec<String>) = unnamed.into_iter().unzip();
    let keys: Vec<String> = names.iter().map(|name| sought(name)).collect();
    // SQL: any number of tenants, each by its own key.
    let sql = "update tenants t set name_key = n.name_key from unnest($1::uuid[], $2::text[]) n (id, name_key) where t.id = n.id";
    Ok(sqlx::query(sql).bind(ids).bind(keys).execute(&db.pool).await?.rows_affected())
}

// Figures go wrong where a day was stored with an order that is not that of its instant, and where PostgreSQL reads the zone of a
// store otherwise than the program: a nightly check used to go by it. Nobody else's are recounted.
async fn figures(db: &Db, tenant: TenantId) -> Result<u64, DataError> {
    let scope = Access::job(db.clone(), tenant).scope(Permission::WriteOrders)?;
    if !rollups::may_be_misread(&scope).await? || rollups::verify(&scope).await?.is_empty() {
        return Ok(0);
    }
    rollups::rebuild(&scope).await
}

/// After which row a batch begins.
type After = (DateTime<Utc>, Uuid);

const BEGINNING: After = (DateTime::UNIX_EPOCH, Uuid::nil());

#[derive(Clone, Copy)]
enum Step {
    // What SKUs are found by.
    Skus,
    // What customers are recognised by, and every address that they have.
    Customers,
    // Who bought, of orders from before an order kept it.
    Buyers,
    // What orders are found by.
    Addresses,
}

impl Step {
    const ALL: [Self; 4] = [Self::Skus, Self::Customers, Self::Buyers, Self::Addresses];

    // Rows changed, and where the next batch begins, if there is one.
    async fn batch(
        self,
        conn: &mut PgConnection,
        tenant: Uuid,
        after: After,
    ) -> Result<(u64, Option<After>), sqlx::Error> {
        match self {
            Self::Skus => skus(conn, tenant, after.1).await,
            Self::Customers => customers(conn, tenant, after.1).await,
            Self::Buyers => Ok((buyers(conn, tenant).await?, None)),
            Self::Addresses => addresses(conn, tenant, after).await,
        }
    }
}

fn next<T>(rows: &[T], after: impl Fn(&T) -> After) -> Option<After> {
    let is_full = i64::try_from(rows.len()).unwrap_or(i64::MAX) >= BATCH;
    rows.last().filter(|_| is_full).map(after)
}

async fn skus(conn: &mut PgConnection, tenant: Uuid, after: Uuid) -> Result<(u64, Option<After>), sqlx::Error> {
    // SQL: in the transaction of its caller, a restore's among them; what lacks its key, batch by batch.
    let sql = "select id, sku from variants where tenant_id = $1 and id > $2 \
               and (sku_key = '' or octet_length(sku) <> char_length(sku)) order by id limit $3";
    let rows: Vec<(Uuid, String)> =
        sqlx::query_as(sql).bind(tenant).bind(after).bind(BATCH).fetch_all(&mut *conn).await?;
    let keys: Vec<String> = rows.iter().map(|(_, sku)| sought(sku)).collect();
    let ids: Vec<Uuid> = rows.iter().map(|(id, _)| *id).collect();
    // SQL: any number of variants, each by its own key.
    let sql = "update variants v set sku_key = n.sku_key from unnest($2::uuid[], $3::text[]) n (id, sku_key) \
               where v.tenant_id = $1 and v.id = n.id and v.sku_key <> n.sku_key";
    let done = sqlx::query(sql).bind(tenant).bind(ids).bind(keys).execute(conn).await?;
    Ok((done.rows_affected(), next(&rows, |(id, _)| (BEGINNING.0, *id))))
}

async fn customers(conn: &mut PgConnection, tenant: Uuid, after: Uuid) -> Result<(u64, Option<After>), sqlx::Error> {
    // SQL: in the transaction of its caller, a restore's among them; what lacks its keys, batch by batch.
    let sql = "select id, email from customers c where tenant_id = $1 and id > $2 and (octet_length(email) <> char_length(email) \
                 or not exists (select from customer_emails m where m.tenant_id = $1 and m.email_key = lower(c.email collate \"C\") and m.customer_id = c.id)) \
               and email is not null order by id limit $3";
    let rows: Vec<(Uuid, String)> =
        sqlx::query_as(sql).bind(tenant).bind(after).bind(BATCH).fetch_all(&mut *conn).await?;
    let ids: Vec<Uuid> = rows.iter().map(|(id, _)| *id).collect();
    let keys: Vec<String> = rows.iter().map(|(_, address)| email::key(address)).collect();
    let identities: Vec<String> = rows.iter().map(|(_, address)| of_address(address)).collect();
    // SQL: any number of addresses in one statement.
    let sql = "insert into customer_emails (tenant_id, email_key, customer_id) \
               select $1, n.email_key, n.id from unnest($2::uuid[], $3::text[]) n (id, email_key) on conflict do nothing";
    let added = sqlx::query(sql).bind(tenant).bind(&ids).bind(keys).execute(&mut *conn).await?;
    // Two that come to the same stay two people: the older one is who is found from now on.
    // SQL: any number of customers, of those that come to the same one the oldest.
    let sql = "update customers c set identity = n.identity from ( \
                 select distinct on (d.store_id, n.identity) d.id, d.store_id, n.identity from unnest($2::uuid[], $3::text[]) n (id, identity) \
                 join customers d on d.tenant_id = $1 and d.id = n.id and starts_with(d.identity, 'e:') order by d.store_id, n.identity, d.id) n \
               where c.tenant_id = $1 and c.id = n.id and c.identity <> n.identity \
                 and not exists (select from customers d where d.tenant_id = $1 and d.store_id = n.store_id and d.identity = n.identity)";
    let renamed = sqlx::query(sql).bind(tenant).bind(ids).bind(identities).execute(conn).await?;
    Ok((added.rows_affected() + renamed.rows_affected(), next(&rows, |(id, _)| (BEGINNING.0, *id))))
}

// Orders of a customer of whom they say nothing at all: they came from a backup of older times.
async fn buyers(conn: &mut PgConnection, tenant: Uuid) -> Result<u64, sqlx::Error> {
    // SQL: every order of a tenant from its customer's row, in one statement.
    let sql = "update orders o set customer_email = c.email, customer_name = c.name, customer_phone = c.phone, \
                 customer_external_id = c.external_id, customer_country = c.country \
               from customers c where o.tenant_id = $1 and c.tenant_id = $1 and c.id = o.customer_id \
                 and coalesce(o.customer_email, o.customer_name, o.customer_phone, o.customer_external_id, o.customer_country) is null";
    Ok(sqlx::query(sql).bind(tenant).execute(conn).await?.rows_affected())
}

async fn addresses(conn: &mut PgConnection, tenant: Uuid, after: After) -> Result<(u64, Option<After>), sqlx::Error> {
    // SQL: in the transaction of its caller, a restore's among them; what lacks its key, batch by batch.
    let sql = "select placed_at, id, customer_email from orders where tenant_id = $1 and (placed_at, id) > ($2, $3) \
               and customer_email is not null and customer_email_key is null order by placed_at, id limit $4";
    let rows: Vec<(DateTime<Utc>, Uuid, String)> =
        sqlx::query_as(sql).bind(tenant).bind(after.0).bind(after.1).bind(BATCH).fetch_all(&mut *conn).await?;
    let times: Vec<DateTime<Utc>> = rows.iter().map(|(at, ..)| *at).collect();
    let ids: Vec<Uuid> = rows.iter().map(|(_, id, _)| *id).collect();
    let keys: Vec<String> = rows.iter().map(|(.., address)| email::key(address)).collect();
    // SQL: any number of orders, each by its own key.
    let sql = "update orders o set customer_email_key = n.key from unnest($2::timestamptz[], $3::uuid[], $4::text[]) n (placed_at, id, key) \
               where o.tenant_id = $1 and o.placed_at = n.placed_at and o.id = n.id";
    let done = sqlx::query(sql).bind(tenant).bind(times).bind(ids).bind(keys).execute(conn).await?;
    Ok((done.rows_affected(), next(&rows, |(at, id, _)| (*at, *id))))
}
