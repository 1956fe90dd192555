//! The rows of a quarter as lines of JSON, tenant by tenant and behind the tenant's wall: read for an archive and to
//! compare with one, written when one is unpacked. The same row is always the same line.

use std::collections::HashMap;

use domain::email;
use domain::quarter::Quarter;
use sea_orm::{ColumnTrait, FromQueryResult, QueryFilter, Value};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::Table;
use crate::connect::Db;
use crate::entities::{TenantQueries, customer};
use crate::error::DataError;
use crate::scope::{Scope, Tx};

/// Lines read or written at once.
pub const PAGE: u64 = 2_000;
/// What an order says of who bought; one that was archived long ago does not.
const BUYER: [&str; 6] = [
    "customer_email",
    "customer_email_key",
    "customer_name",
    "customer_phone",
    "customer_external_id",
    "customer_country",
];

/// A column as an archive has it.
#[derive(Clone, PartialEq, Eq, Debug, FromQueryResult, serde::Serialize, serde::Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type as PostgreSQL writes it.
    pub kind: String,
}

/// Where the rows of a quarter are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// In its partition, in sight of everybody.
    Attached,
    /// Taken out of sight before they are dropped.
    Detached,
    /// Unpacked, before they are joined.
    Restoring,
}

/// Columns of `table` now, in their order.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn columns(db: &Db, table: Table) -> Result<Vec<Column>, DataError> {
    // SQL: the catalogue has no entity.
    let sql = "select attname::text as name, format_type(atttypid, atttypmod) kind from pg_attribute \
               where attrelid = to_regclass('public.' || $1) and attnum > 0 and not attisdropped order by attnum";
    super::rows(db, sql, [table.as_str().into()]).await
}

/// Reads one tenant's rows of one table of a quarter, in the order of their key, page by page.
pub struct Reader {
    scope: Scope,
    quarter: Quarter,
    first: String,
    further: String,
    // The key of the last line; none at the beginning.
    last: Option<Json>,
}

#[derive(FromQueryResult)]
struct Line {
    line: String,
    key: Json,
}

impl Reader {
    /// Reads `columns` of the tenant of `scope`.
    pub fn new(scope: Scope, table: Table, quarter: Quarter, place: Place, columns: &[Column]) -> Self {
        let names: Vec<String> = columns.iter().map(|c| format!("r.{}", quoted(&c.name))).collect();
        let key: Vec<String> = key(table).iter().map(|(name, _)| format!("r.{name}")).collect();
        let after = key_of_last(table);
        let (names, key) = (names.join(", "), key.join(", "));
        let source = source(table, quarter, place);
        let sql = |seek: &str| {
            // SQL: of whichever table and columns an archive has, row by row as text.
            format!(
                "select (select row_to_json(l)::text from (select {names}) l) line, jsonb_build_array({key}) key from {source} r \
                 where r.tenant_id = $1 and r.placed_at >= $2 and r.placed_at < $3{seek} order by {key} limit {PAGE}"
            )
        };
        let further = sql(&format!(" and ({key}) > ({after})"));
        Self { scope, quarter, first: sql(""), further, last: None }
    }

    /// The next lines; none at the end.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn next(&mut self) -> Result<Vec<String>, DataError> {
        let tx = self.scope.begin().await?;
        let mut values: Vec<Value> = vec![self.quarter.begins().into(), self.quarter.ends().into()];
        let sql = if self.last.is_some() { &self.further } else { &self.first };
        values.extend(self.last.clone().map(Value::from));
        let found: Vec<Line> = tx.all(sql, values).await?;
        tx.commit().await?;
        if let Some(line) = found.last() {
            self.last = Some(line.key.clone());
        }
        Ok(found.into_iter().map(|l| l.line).collect())
    }
}

/// Writes `lines` of the tenant of `scope` into the tables that [`super::archiving::stage`] made. Columns that came after
/// the archive get their defaults, but for who bought: that is what the customer's record says.
///
/// # Errors
/// When PostgreSQL fails, or a line is another tenant's.
pub async fn write(
    scope: &Scope,
    table: Table,
    quarter: Quarter,
    columns: &[Column],
    lines: &[String],
) -> Result<u64, DataError> {
    let target = source(table, quarter, Place::Restoring);
    let mut names: Vec<String> = columns.iter().map(|c| quoted(&c.name)).collect();
    let is_silent = table == Table::Orders && !columns.iter().any(|c| c.name == BUYER[0]);
    names.extend(BUYER.iter().filter(|_| is_silent).map(|name| quoted(name)));
    let names = names.join(", ");
    // SQL: into whichever table and columns an archive has, any number of rows at once.
    let sql = format!(
        "insert into {target} ({names}) select {names} from jsonb_populate_recordset(null::{target}, $2::jsonb) r where r.tenant_id = $1"
    );
    let all: Result<Vec<Json>, _> = lines.iter().map(|line| serde_json::from_str(line)).collect();
    let mut all = all.map_err(|error| DataError::Corrupt(format!("a line of an archive is no JSON: {error}")))?;
    let tx = scope.begin().await?;
    if is_silent {
        add_buyers(&tx, &mut all).await?;
    }
    let rows = tx.run(&sql, [Json::Array(all).into()]).await?;
    tx.commit().await?;
    Ok(rows)
}

// Adds to rows of orders, of before an order kept it, what the records of their customers say.
async fn add_buyers(tx: &Tx, orders: &mut [Json]) -> Result<(), DataError> {
    let ids: Vec<Uuid> = orders.iter().filter_map(buyer).collect();
    let rows = tx.find::<customer::Entity>().filter(customer::Column::Id.eq_any(ids)).all(tx.conn()).await?;
    let known: HashMap<Uuid, customer::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
    for order in orders {
        let Some(row) = buyer(order).and_then(|id| known.get(&id)) else { continue };
        let key = row.email.as_deref().map(email::key);
        let values = [&row.email, &key, &row.name, &row.phone, &row.external_id, &row.country];
        if let Json::Object(fields) = order {
            fields.extend(BUYER.into_iter().zip(values).map(|(name, value)| (name.to_owned(), json!(value))));
        }
    }
    Ok(())
}

fn buyer(order: &Json) -> Option<Uuid> {
    order.get("customer_id")?.as_str()?.parse().ok()
}

const fn key(table: Table) -> &'static [(&'static str, &'static str)] {
    match table {
        Table::Orders => &[("placed_at", "timestamptz"), ("id", "uuid")],
        Table::OrderItems => &[("placed_at", "timestamptz"), ("order_id", "uuid"), ("position", "integer")],
    }
}

fn key_of_last(table: Table) -> String {
    let parts = key(table).iter().enumerate().map(|(n, (_, kind))| format!("($4::jsonb ->> {n})::{kind}"));
    parts.collect::<Vec<_>>().join(", ")
}

// Names of tables are made of a known table and a quarter alone.
fn source(table: Table, quarter: Quarter, place: Place) -> String {
    match place {
        Place::Attached => table.to_string(),
        Place::Detached => format!("{table}_{quarter}_detached"),
        Place::Restoring => format!("{table}_{quarter}_restoring"),
    }
}

// Names of columns come from the database or from a manifest.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
