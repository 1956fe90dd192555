//! What can go wrong with data, in the words that the layers above decide by.

use domain::fields::FieldErrors;
use domain::limits::Reached;
use sea_orm::{DbErr, RuntimeErr};

/// Why a query or command did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// It does not exist, or belongs to somebody else: both look alike. Holds the noun.
    #[error("this {0} does not exist")]
    NotFound(&'static str),
    /// The actor lacks the permission.
    #[error("you do not have permission to do this")]
    Forbidden,
    /// The input has faults; nothing was changed.
    #[error("{0}")]
    Invalid(#[from] FieldErrors),
    /// The thing is not in a state for this; the words say why.
    #[error("{0}")]
    Refused(String),
    /// The thing was changed meanwhile: it has another version than the one that the change was made for.
    #[error("this was changed meanwhile")]
    Stale,
    /// The tenant's tier allows no more of this; what is there stays as it is.
    #[error("{0}")]
    AtLimit(#[from] Reached),
    /// It left the database for an archive; the words say since when and what to do.
    #[error("{0}")]
    Archived(String),
    /// Another process holds it now; try again.
    #[error("another change is in progress; try again")]
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

    /// Whether PostgreSQL gave the transaction up in favour of another, so that it may succeed when it is tried again.
    pub fn is_transient(&self) -> bool {
        matches!(self.sql_state().as_deref(), Some("40001" | "40P01"))
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

impl DataError {
    /// The same error again, as far as it matters, for everybody who waited for one computation.
    pub(crate) fn again(&self) -> Self {
        match self {
            Self::NotFound(noun) => Self::NotFound(noun),
            Self::Forbidden => Self::Forbidden,
            Self::Invalid(fields) => Self::Invalid(fields.clone()),
            Self::Refused(words) => Self::Refused(words.clone()),
            Self::Stale => Self::Stale,
            Self::AtLimit(reached) => Self::AtLimit(reached.clone()),
            Self::Archived(words) => Self::Archived(words.clone()),
            Self::Busy => Self::Busy,
            Self::Corrupt(words) => Self::Corrupt(words.clone()),
            Self::Db(_) if let Some(faults) = self.unstorable() => Self::Invalid(faults),
            Self::Db(_) if self.is_outage() => Self::Db(DbErr::Conn(RuntimeErr::Internal(self.to_string()))),
            Self::Db(_) => Self::Corrupt(self.to_string()),
        }
    }

    /// The fault of an input that PostgreSQL cannot store, when that is why it failed. Inputs are checked before: this is the net
    /// below, so that a field that was forgotten is a faulty input and not a failure of ours.
    pub fn unstorable(&self) -> Option<FieldErrors> {
        let state = self.sql_state()?;
        let words = "This value has a character or a length that cannot be stored.";
        UNSTORABLE.contains(&state.as_str()).then(|| FieldErrors::one("input", words))
    }

    /// Whether PostgreSQL is out of reach, starting, ending or full, or gave up on a lock: it may well work in a moment.
    pub fn is_outage(&self) -> bool {
        let Self::Db(error) = self else { return false };
        match error {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
            DbErr::Query(RuntimeErr::SqlxError(cause)) | DbErr::Exec(RuntimeErr::SqlxError(cause)) => {
                match cause.as_ref() {
                    sqlx::Error::Io(_)
                    | sqlx::Error::PoolTimedOut
                    | sqlx::Error::PoolClosed
                    | sqlx::Error::WorkerCrashed => true,
                    sqlx::Error::Database(error) => {
                        error.code().is_some_and(|code| is_passing(&code, error.constraint()))
                    }
                    _ => false,
                }
            }
            _ => false,
        }
    }
}

// Classes 08 (connection), 53 (resources), 57P (shutdown, startup), 40 (rolled back for others) and 55P03 (lock timeout).
// 23514 without a constraint's name: the row's quarter was made in the moment it went to the default partition.
fn is_passing(code: &str, constraint: Option<&str>) -> bool {
    ["08", "53", "57P", "40"].iter().any(|class| code.starts_with(class))
        || code == "55P03"
        || (code == "23514" && constraint.is_none())
}

// What PostgreSQL cannot keep as a text: the character NUL (22021; 22P05 in JSON), more characters than its column or its index
// takes (22001, 54000).
const UNSTORABLE: [&str; 4] = ["22021", "22P05", "22001", "54000"];

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
