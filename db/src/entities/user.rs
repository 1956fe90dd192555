//! The table `users`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub email: String,
    pub name: String,
    pub password_hash: String,
    pub is_platform_admin: bool,
    pub created_at: DateTimeUtc,
    pub email_key: String,
    pub email_proven_at: Option<DateTimeUtc>,
    #[sea_orm(has_many)]
    pub memberships: HasMany<super::membership::Entity>,
    #[sea_orm(has_many)]
    pub passkeys: HasMany<super::passkey::Entity>,
    #[sea_orm(has_many)]
    pub recovery_codes: HasMany<super::recovery_code::Entity>,
    #[sea_orm(has_one)]
    pub second_factor: HasOne<super::second_factor::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
