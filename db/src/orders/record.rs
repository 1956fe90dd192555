//! An order as PostgreSQL sends it. Read by position and straight into what callers get: a list reads twenty columns of
//! some fifty rows, and looking each up by its name took as long as everything else about the row. Nor is the type of each
//! cell compared with PostgreSQL's: the columns are the ones below.

use domain::ids::{CustomerId, OrderId, StoreId};
use sea_orm::{DbErr, FromQueryResult, QueryResult, RuntimeErr};
use sqlx::postgres::PgRow;
use sqlx::{Column, Row};
use std::str::FromStr;
use std::sync::Arc;
use uuid::Uuid;

use super::rows::{CustomerRow, OrderRow};
use crate::stores::Store;

/// The columns that come first, in this order. Whatever else is read stands between them and [`CUSTOMER`].
pub(super) const COLUMNS: &str = "o.id, o.store_id, o.number, o.kind, o.status, o.payment_status, o.fulfilment_status, o.placed_at, \
    o.local_day, o.currency, o.item_count, o.total, o.refunded, o.customer_id";

/// The columns that come last, in this order.
pub(super) const CUSTOMER: &str = "c.email, c.name, c.phone, c.external_id, c.country";
const CUSTOMER_COLUMNS: usize = 5;

/// An order that does not know the name of its store yet.
pub(super) struct OrderRecord(OrderRow);

impl OrderRecord {
    /// The row for callers.
    pub(super) fn row(self, stores: &[Store]) -> OrderRow {
        let store = stores.iter().find(|s| s.id == self.0.store_id);
        OrderRow { store: store.map(|s| s.slug.clone()).unwrap_or_default(), ..self.0 }
    }

    /// The id of its store.
    pub(super) const fn store_id(&self) -> StoreId {
        self.0.store_id
    }
}

impl FromQueryResult for OrderRecord {
    fn from_query_result(result: &QueryResult, _: &str) -> Result<Self, DbErr> {
        let row = result.try_as_pg_row().ok_or_else(|| DbErr::Type("an order did not come from PostgreSQL".into()))?;
        read(row).map(Self).map_err(|error| DbErr::Query(RuntimeErr::SqlxError(Arc::new(error))))
    }
}

fn read(row: &PgRow) -> Result<OrderRow, sqlx::Error> {
    let customer: Option<Uuid> = row.try_get_unchecked(13)?;
    Ok(OrderRow {
        id: OrderId(row.try_get_unchecked(0)?),
        store_id: StoreId(row.try_get_unchecked(1)?),
        store: String::new(),
        number: row.try_get_unchecked(2)?,
        kind: word(row, 3)?,
        status: word(row, 4)?,
        payment_status: word(row, 5)?,
        fulfilment_status: word(row, 6)?,
        placed_at: row.try_get_unchecked(7)?,
        local_day: row.try_get_unchecked(8)?,
        currency: word(row, 9)?,
        item_count: row.try_get_unchecked(10)?,
        total: row.try_get_unchecked(11)?,
        refunded: row.try_get_unchecked(12)?,
        customer: customer.map(|id| buyer(row, CustomerId(id))).transpose()?,
    })
}

fn buyer(row: &PgRow, id: CustomerId) -> Result<CustomerRow, sqlx::Error> {
    let first = row.len().saturating_sub(CUSTOMER_COLUMNS);
    Ok(CustomerRow {
        id: Some(id),
        email: row.try_get_unchecked(first)?,
        name: row.try_get_unchecked(first + 1)?,
        phone: row.try_get_unchecked(first + 2)?,
        external_id: row.try_get_unchecked(first + 3)?,
        country: row.try_get_unchecked(first + 4)?,
    })
}

// A word of a column as its type.
fn word<T: FromStr>(row: &PgRow, column: usize) -> Result<T, sqlx::Error> {
    let text: &str = row.try_get_unchecked(column)?;
    text.parse().map_err(|_| sqlx::Error::ColumnDecode {
        index: row.column(column).name().to_owned(),
        source: format!("'{text}' is none of its words").into(),
    })
}
