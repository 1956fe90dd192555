//! The table `memberships`.

use sea_orm::entity::prelude::*;

use super::enums::RoleName;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "memberships")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    pub role: RoleName,
    pub created_at: DateTimeUtc,
    pub role_id: Option<Uuid>,
    pub store_ids: Option<Vec<Uuid>>,
    pub is_vouched: bool,
    #[sea_orm(belongs_to, from = "tenant_id", to = "id", skip_fk)]
    pub tenant: BelongsTo<super::tenant::Entity>,
    #[sea_orm(belongs_to, from = "user_id", to = "id", skip_fk)]
    pub user: BelongsTo<super::user::Entity>,
    #[sea_orm(belongs_to, from = "(tenant_id, role_id)", to = "(tenant_id, id)", skip_fk)]
    pub custom_role: BelongsTo<Option<super::role::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
