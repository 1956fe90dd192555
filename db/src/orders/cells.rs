//! The cells of a row, read from the very bytes that PostgreSQL sends in its binary format. A general decoder asks of each cell
//! what it is and copies it twice; a page of orders has a thousand of them.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgRow, PgValueFormat};
use sqlx::{Column, Error, Row};
use uuid::Uuid;

/// Days and moments are counted from the first of January 2000: in days from the beginning of our era, and in microseconds
/// from 1970.
const EPOCH_DAY: i32 = 730_120;
const EPOCH_MICROS: i64 = 946_684_800_000_000;

/// A row of a prepared statement.
pub(super) struct Cells<'r>(pub(super) &'r PgRow);

impl<'r> Cells<'r> {
    /// Whether there is a value.
    pub(super) fn filled(&self, column: usize) -> Result<bool, Error> {
        Ok(self.bytes(column)?.is_some())
    }

    /// A `uuid`.
    pub(super) fn uuid(&self, column: usize) -> Result<Uuid, Error> {
        self.exactly(column).map(Uuid::from_bytes)
    }

    /// An `integer`.
    pub(super) fn int(&self, column: usize) -> Result<i32, Error> {
        self.exactly(column).map(i32::from_be_bytes)
    }

    /// A `bigint`.
    pub(super) fn bigint(&self, column: usize) -> Result<i64, Error> {
        self.exactly(column).map(i64::from_be_bytes)
    }

    /// A `timestamptz`: microseconds.
    pub(super) fn moment(&self, column: usize) -> Result<DateTime<Utc>, Error> {
        let micros = self.bigint(column)?.checked_add(EPOCH_MICROS);
        let moment = micros.and_then(DateTime::from_timestamp_micros);
        moment.ok_or_else(|| self.wrong(column, "it is no moment that a calendar has".into()))
    }

    /// A `date`.
    pub(super) fn day(&self, column: usize) -> Result<NaiveDate, Error> {
        let day = self.int(column)?.checked_add(EPOCH_DAY).and_then(NaiveDate::from_num_days_from_ce_opt);
        day.ok_or_else(|| self.wrong(column, "it is no day that a calendar has".into()))
    }

    /// A `text`.
    pub(super) fn text(&self, column: usize) -> Result<&'r str, Error> {
        let bytes = self.bytes(column)?.ok_or_else(|| self.wrong(column, "it is null".into()))?;
        self.utf8(column, bytes)
    }

    /// A `text` that may be absent.
    pub(super) fn some_text(&self, column: usize) -> Result<Option<String>, Error> {
        self.bytes(column)?.map(|bytes| self.utf8(column, bytes).map(str::to_owned)).transpose()
    }

    /// A `text` that is a word of a type.
    pub(super) fn word<T: FromStr>(&self, column: usize) -> Result<T, Error> {
        let text = self.text(column)?;
        text.parse().map_err(|_| self.wrong(column, format!("'{text}' is none of its words").into()))
    }

    fn utf8(&self, column: usize, bytes: &'r [u8]) -> Result<&'r str, Error> {
        std::str::from_utf8(bytes).map_err(|error| self.wrong(column, error.into()))
    }

    fn exactly<const N: usize>(&self, column: usize) -> Result<[u8; N], Error> {
        let bytes = self.bytes(column)?.ok_or_else(|| self.wrong(column, "it is null".into()))?;
        bytes.try_into().map_err(|_| self.wrong(column, format!("it has {} bytes, not {N}", bytes.len()).into()))
    }

    fn bytes(&self, column: usize) -> Result<Option<&'r [u8]>, Error> {
        let value = self.0.try_get_raw(column)?;
        if sqlx::ValueRef::is_null(&value) {
            return Ok(None);
        }
        if value.format() != PgValueFormat::Binary {
            return Err(self.wrong(column, "it is not in the binary format".into()));
        }
        value.as_bytes().map(Some).map_err(|error| self.wrong(column, error))
    }

    fn wrong(&self, column: usize, source: BoxDynError) -> Error {
        let name = self.0.columns().get(column).map_or_else(|| column.to_string(), |column| column.name().to_owned());
        Error::ColumnDecode { index: name, source }
    }
}
