//! An order as PostgreSQL sends it. Read by position and straight into what callers get: a list reads twenty columns of
//! some fifty rows, and looking each up by its name took as long as everything else about the row. Nor is the type of each
//! cell compared with PostgreSQL's: the columns are the ones below, and [`Cells`] knows how each is sent.

use std::sync::Arc;

use domain::ids::{CustomerId, OrderId, StoreId};
use sea_orm::{DbErr, FromQueryResult, QueryResult, RuntimeErr};
use sqlx::Row;
use sqlx::postgres::PgRow;

use super::cells::Cells;
use super::rows::{CustomerRow, OrderRow};
use crate::stores::Store;

/// The columns that come first, in this order. Whatever else is read stands between them and [`CUSTOMER`].
pub(super) const COLUMNS: &str = "o.id, o.store_id, o.number, o.kind, o.status, o.payment_status, o.fulfilment_status, o.placed_at, \
    o.local_day, o.currency, o.item_count, o.total, o.refunded, o.customer_id";

/// The columns that come last, in this order: who bought, as the order was told.
pub(super) const CUSTOMER: &str =
    "o.customer_email, o.customer_name, o.customer_phone, o.customer_external_id, o.customer_country";
const CUSTOMER_COLUMNS: usize = 5;

/// An order that does not know the name of its store yet.
pub(super) struct OrderRecord(OrderRow);

impl OrderRecord {
    /// The row for callers.
    pub(super) fn row(self, stores: &[Store]) -> OrderRow {
        let store = stores.iter().find(|s| s.id == self.0.store_id);
        OrderRow { store: store.map(|s| s.slug.clone()).unwrap_or_default(), ..self.0 }
    }
}

impl FromQueryResult for OrderRecord {
    fn from_query_result(result: &QueryResult, _: &str) -> Result<Self, DbErr> {
        let row = result.try_as_pg_row().ok_or_else(|| DbErr::Type("an order did not come from PostgreSQL".into()))?;
        read(row).map(Self).map_err(|error| DbErr::Query(RuntimeErr::SqlxError(Arc::new(error))))
    }
}

fn read(row: &PgRow) -> Result<OrderRow, sqlx::Error> {
    let cells = Cells(row);
    let id = if cells.filled(13)? { Some(CustomerId(cells.uuid(13)?)) } else { None };
    Ok(OrderRow {
        id: OrderId(cells.uuid(0)?),
        store_id: StoreId(cells.uuid(1)?),
        store: String::new(),
        number: cells.text(2)?.to_owned(),
        kind: cells.word(3)?,
        status: cells.word(4)?,
        payment_status: cells.word(5)?,
        fulfilment_status: cells.word(6)?,
        placed_at: cells.moment(7)?,
        local_day: cells.day(8)?,
        currency: cells.word(9)?,
        item_count: cells.int(10)?,
        total: cells.bigint(11)?,
        refunded: cells.bigint(12)?,
        customer: Some(buyer(&cells, id)?).filter(|customer| *customer != CustomerRow::default()),
    })
}

fn buyer(cells: &Cells<'_>, id: Option<CustomerId>) -> Result<CustomerRow, sqlx::Error> {
    let first = cells.0.len().saturating_sub(CUSTOMER_COLUMNS);
    Ok(CustomerRow {
        id,
        email: cells.some_text(first)?,
        name: cells.some_text(first + 1)?,
        phone: cells.some_text(first + 2)?,
        external_id: cells.some_text(first + 3)?,
        country: cells.some_text(first + 4)?,
    })
}
