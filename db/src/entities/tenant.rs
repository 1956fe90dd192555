//! The table `tenants`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tenants")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub slug: String,
    pub name: String,
    pub tier_id: Uuid,
    pub suspended_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub suspended_for: Option<String>,
    pub delete_asked_at: Option<DateTimeUtc>,
    pub delete_after: Option<DateTimeUtc>,
    pub needs_second_factor: bool,
    pub name_key: String,
    #[sea_orm(belongs_to, from = "tier_id", to = "id", skip_fk)]
    pub tier: BelongsTo<super::tier::Entity>,
    #[sea_orm(has_many)]
    pub stores: HasMany<super::store::Entity>,
    #[sea_orm(has_many)]
    pub memberships: HasMany<super::membership::Entity>,
    #[sea_orm(has_many)]
    pub backups: HasMany<super::backup::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
