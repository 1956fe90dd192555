//! The table `webhook_attempts`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_attempts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub delivery_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub n: i32,
    pub at: DateTimeUtc,
    pub ms: i32,
    pub status: Option<i16>,
    pub answer: String,
    pub error: Option<String>,
    #[sea_orm(belongs_to, from = "tenant_id", to = "id", skip_fk)]
    pub tenant: BelongsTo<super::tenant::Entity>,
    #[sea_orm(belongs_to, from = "(tenant_id, delivery_id)", to = "(tenant_id, id)", skip_fk)]
    pub webhook_delivery: BelongsTo<super::webhook_delivery::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
