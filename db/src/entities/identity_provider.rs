//! The table `identity_providers`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "identity_providers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub issuer: String,
    pub client_id: String,
    pub client_secret: Vec<u8>,
    pub domains: Vec<String>,
    pub changed_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "tenant_id", to = "id", skip_fk)]
    pub tenant: BelongsTo<super::tenant::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
