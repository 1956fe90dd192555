//! The table `invitations`.

use sea_orm::entity::prelude::*;

use super::enums::RoleName;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invitations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub email: String,
    pub role: RoleName,
    pub role_id: Option<Uuid>,
    pub store_ids: Option<Vec<Uuid>>,
    pub token_hash: Vec<u8>,
    pub invited_by: String,
    pub created_at: DateTimeUtc,
    pub sent_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    pub email_key: String,
    pub is_shown: bool,
    #[sea_orm(belongs_to, from = "tenant_id", to = "id", skip_fk)]
    pub tenant: BelongsTo<super::tenant::Entity>,
    #[sea_orm(belongs_to, from = "(tenant_id, role_id)", to = "(tenant_id, id)", skip_fk)]
    pub custom_role: BelongsTo<Option<super::role::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
