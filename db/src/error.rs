//! What can go wrong with data, in the words that the layers above decide by.

use domain::fields::FieldErrors;
use sea_orm::{DbErr, RuntimeErr};

/// Why a query or command did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// It does not exist, or belongs to somebody else: both look alike. Holds the noun.
    #[error("this {0} does not exist")]
    NotFound(&'static str),
    /// The actor lacks the permission.
    #[error("you may not do this")]
    Forbidden,
    /// The input has faults; nothing was changed.
    #[error("{0}")]
    Invalid(#[from] FieldErrors),
    /// The thing is not in a state for this; the words say why.
    #[error("{0}")]
    Refused(String),
    /// Another process holds it now; try again.
    #[error("somebody else is working on this; try again")]
    Busy,
    /// The database failed or was out of reach.
    #[error("database: {0}")]
    Db(DbErr),
    /// The database answered with something that makes no sense.
    #[error("unexpected data: {0}")]
    Corrupt(String),
}

impl DataError {
    /// The violated constraint, when the database refused a row for one.
    pub fn constraint(&self) -> Option<&str> {
        let Self::Db(DbErr::Query(RuntimeErr::SqlxError(error)) | DbErr::Exec(RuntimeErr::SqlxError(error))) = self
        else {
            return None;
        };
        match error.as_ref() {
            sqlx::Error::Database(error) => error.constraint(),
            _ => None,
        }
    }

    /// PostgreSQL's five-character error code, when there is one.
    pub fn sql_state(&self) -> Option<String> {
        let Self::Db(DbErr::Query(RuntimeErr::SqlxError(error)) | DbErr::Exec(RuntimeErr::SqlxError(error))) = self
        else {
            return None;
        };
        match error.as_ref() {
            sqlx::Error::Database(error) => error.code().map(std::borrow::Cow::into_owned),
            _ => None,
        }
    }
}

impl From<DbErr> for DataError {
    fn from(error: DbErr) -> Self {
        Self::Db(error)
    }
}

impl From<sqlx::Error> for DataError {
    fn from(error: sqlx::Error) -> Self {
        Self::Db(DbErr::Query(RuntimeErr::SqlxError(std::sync::Arc::new(error))))
    }
}
