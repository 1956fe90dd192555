//! Reading the record, newest first.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::audit::{AuditQuery, ORDERS_TAKEN, Via};
use domain::calendar::{Tz, day_start, next};
use domain::ids::TenantId;
use domain::jobs::INSTALLATION;
use domain::page::{Cursor, Direction, Limit, Page};
use domain::people::email_key;
use sea_orm::{ColumnTrait, FromQueryResult, QueryFilter, QuerySelect};
use serde_json::Value;
use uuid::Uuid;

use super::conditions::{Conditions, limit, order};
use crate::entities::{SharedQueries, audit_entry, tenant};
use crate::error::DataError;
use crate::platform::Platform;
use crate::read_tx::ReadTx;
use crate::scope::Scope;

/// One entry.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Whose record it stands in; nil for the installation's.
    pub tenant: TenantId,
    /// The slug of that tenant, where it is known.
    pub slug: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
    /// Its id.
    pub id: Uuid,
    /// Its place in the chain.
    pub seq: i64,
    /// Who: `user:<id>` and the like.
    pub actor: String,
    /// By which way.
    pub via: Via,
    /// What was done.
    pub action: String,
    /// To what.
    pub subject: String,
    /// The fields as they were.
    pub before: Option<Value>,
    /// The fields as they are.
    pub after: Option<Value>,
    /// The request.
    pub request_id: Option<String>,
    /// Where it came from.
    pub address: Option<String>,
}

#[derive(FromQueryResult)]
struct Spot {
    number: i64,
    at: DateTime<Utc>,
    id: Uuid,
}

/// One page of a tenant's record. One statement. Indexes: the primary key, `audit_entries_rare`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn entries(scope: &Scope, query: &AuditQuery, rows: Limit) -> Result<Page<Entry>, DataError> {
    let tx = scope.begin().await?;
    let read_tx = ReadTx::Tenant(&tx);
    let found = read(read_tx, of_tenant(read_tx, query), query, rows).await?;
    tx.end();
    Ok(entries_of(found, &HashMap::new()))
}

/// Where the first `rows` (at least one) entries under the filters end, if older ones follow. Reads one entry more than that, and
/// never counts what there is. Indexes: as [`entries`].
///
/// # Errors
/// When PostgreSQL fails.
pub async fn rest(scope: &Scope, query: &AuditQuery, rows: i64) -> Result<Option<Cursor>, DataError> {
    let tx = scope.begin().await?;
    let read_tx = ReadTx::Tenant(&tx);
    let conditions = of_tenant(read_tx, query);
    // SQL: only the last two of the entries leave the database, with their number; see `read` for the rest of it.
    let sql = format!(
        "select count(*) over () as number, l.at, l.id from (select j.at, j.id from audit_entries j {} \
           order by j.at desc, j.id desc limit {}) l order by l.at, l.id limit 2",
        conditions.sql(),
        rows.max(1) + 1
    );
    let found: Vec<Spot> = read_tx.all(&sql, conditions.values()).await?;
    tx.end();
    let last = found.get(1).filter(|last| last.number > rows.max(1));
    Ok(last.map(|last| Cursor { direction: Direction::Older, at: last.at, id: last.id }))
}

/// One page of the record of all tenants, or of one tenant's (`-`: the installation's). Accepted orders are listed under
/// their tenant alone. Two statements at any size. Indexes: `audit_entries_platform`; with a tenant as [`entries`].
///
/// # Errors
/// [`DataError::NotFound`] for a tenant that does not exist.
pub async fn platform_entries(platform: &Platform, query: &AuditQuery, rows: Limit) -> Result<Page<Entry>, DataError> {
    let tenant = match query.tenant.as_deref() {
        None => None,
        Some(INSTALLATION) => Some(crate::platform::PlatformTx::NIL),
        Some(slug) => Some(platform.enter(slug).await?.tenant()),
    };
    let tx = platform.begin().await?;
    let read_tx = ReadTx::Platform(&tx);
    let mut conditions = Conditions::new(read_tx);
    conditions.add_some("j.tenant_id = ?", tenant.map(|tenant| tenant.0));
    if let Some(actor) = &query.actor {
        let any_account = "(j.actor = ? or j.actor = (select 'user:' || u.id from users u where u.email_key = ?))";
        conditions.add(any_account, email_key(actor));
    }
    narrow(&mut conditions, query, tenant.is_none() || !query.may_show_orders());
    let found = read(read_tx, conditions, query, rows).await?;
    let tenants = found.rows.iter().map(|entry| entry.tenant_id);
    let tenants = tx.find_shared::<tenant::Entity>().filter(tenant::Column::Id.eq_any(tenants)).select_only();
    let slugs: Vec<(Uuid, String)> =
        tenants.column(tenant::Column::Id).column(tenant::Column::Slug).into_tuple().all(tx.conn()).await?;
    tx.commit().await?;
    Ok(entries_of(found, &slugs.into_iter().collect()))
}

fn of_tenant(read_tx: ReadTx<'_>, query: &AuditQuery) -> Conditions {
    let mut conditions = Conditions::new(read_tx);
    if let Some(actor) = &query.actor {
        // An email finds members only, so that the filter does not show who else has an account.
        let member = "(j.actor = ? or j.actor = (select 'user:' || u.id from users u join memberships m on m.user_id = u.id \
                      where m.tenant_id = $1 and u.email_key = ?))";
        conditions.add(member, email_key(actor));
    }
    narrow(&mut conditions, query, !query.may_show_orders());
    conditions
}

fn narrow(conditions: &mut Conditions, query: &AuditQuery, without_orders: bool) {
    if without_orders {
        conditions.add_plain(&format!("j.action <> '{ORDERS_TAKEN}'"));
    }
    if let Some(action) = &query.action {
        conditions.add("(j.action = ? or starts_with(j.action, ? || '.'))", action.as_str());
    }
    conditions.add_some("j.subject = ?", query.object.clone());
    conditions.add_some("j.via = ?", query.via.map(Via::as_str));
    let start = |day: NaiveDate| day_start(day, query.zone.unwrap_or(Tz::UTC));
    conditions.add_some("j.at >= ?", query.from.map(start));
    conditions.add_some("j.at < ?", query.to.map(next).map(start));
    conditions.add_cursor("(j.at, j.id)", query.cursor.as_deref());
}

async fn read(
    read_tx: ReadTx<'_>,
    conditions: Conditions,
    query: &AuditQuery,
    rows: Limit,
) -> Result<Page<audit_entry::Model>, DataError> {
    let from = query.cursor.as_deref();
    let (side, most) = (order(from), limit(rows));
    // SQL: the limit and what partial indexes go by are written out, so that PostgreSQL keeps the plan over all months.
    let sql = format!("select j.* from audit_entries j {} order by j.at {side}, j.id {side} {most}", conditions.sql());
    let found: Vec<audit_entry::Model> = read_tx.all(&sql, conditions.values()).await?;
    Ok(Page::cut(found, rows, from, |entry| (entry.at, entry.id)))
}

fn entries_of(page: Page<audit_entry::Model>, slugs: &HashMap<Uuid, String>) -> Page<Entry> {
    let entry = |row: audit_entry::Model| Entry {
        tenant: row.tenant_id.into(),
        slug: slugs.get(&row.tenant_id).cloned(),
        at: row.at,
        id: row.id,
        seq: row.seq,
        actor: row.actor,
        via: *row.via,
        action: row.action,
        subject: row.subject,
        before: row.before,
        after: row.after,
        request_id: row.request_id,
        address: row.address,
    };
    Page { rows: page.rows.into_iter().map(entry).collect(), newer: page.newer, older: page.older }
}
