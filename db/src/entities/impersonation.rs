//! The table `impersonations`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "impersonations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub admin_id: Uuid,
    pub member_id: Uuid,
    pub reason: String,
    pub is_raised: bool,
    pub began_at: DateTimeUtc,
    pub until: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
    #[sea_orm(belongs_to, from = "tenant_id", to = "id", skip_fk)]
    pub tenant: BelongsTo<super::tenant::Entity>,
    #[sea_orm(belongs_to, relation_enum = "Admin", from = "admin_id", to = "id", skip_fk)]
    pub admin: BelongsTo<super::user::Entity>,
    #[sea_orm(belongs_to, relation_enum = "Member", from = "member_id", to = "id", skip_fk)]
    pub member: BelongsTo<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
