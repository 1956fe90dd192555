//! What is read of accounts: never their passwords.

use chrono::{DateTime, Utc};
use domain::ids::UserId;
use sea_orm::sea_query::{Func, SimpleExpr};
use sea_orm::{ColumnTrait, ConnectionTrait, DerivePartialModel, QueryFilter};
use uuid::Uuid;

use super::Person;
use crate::entities::{SharedQueries, user};
use crate::error::DataError;

/// An account without its password.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "user::Entity")]
pub(crate) struct Profile {
    pub id: Uuid,
    pub email: String,
    pub name: String,
    pub is_platform_admin: bool,
    pub email_proven_at: Option<DateTime<Utc>>,
    #[sea_orm(from_expr = "has_second_factor()")]
    pub has_second_factor: bool,
}

/// The accounts `ids`, in no order. One statement.
///
/// # Errors
/// When PostgreSQL fails.
pub(crate) async fn profiles<C: ConnectionTrait>(
    handle: &impl SharedQueries,
    conn: &C,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<Profile>, DataError> {
    let users = handle.find_shared::<user::Entity>().filter(user::Column::Id.eq_any(ids));
    Ok(users.into_partial_model().all(conn).await?)
}

/// Whether the user of a row has a second factor, by the database's own rule.
pub(super) fn has_second_factor() -> SimpleExpr {
    Func::cust("stoa_has_second_factor").arg(user::Column::Id.into_expr()).into()
}

impl From<Profile> for Person {
    fn from(profile: Profile) -> Self {
        Self {
            id: UserId(profile.id),
            email: profile.email,
            name: profile.name,
            is_platform_admin: profile.is_platform_admin,
            has_second_factor: profile.has_second_factor,
            is_proven: profile.email_proven_at.is_some(),
        }
    }
}
