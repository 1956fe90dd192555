//! The table `order_refs`: where an order is: its number and its partition.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "order_refs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub store_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: String,
    pub order_id: Uuid,
    pub placed_at: DateTimeUtc,
    pub fingerprint: Vec<u8>,
    pub number_key: String,
    pub tail_key: Option<String>,
    #[sea_orm(belongs_to, from = "(tenant_id, placed_at, order_id)", to = "(tenant_id, placed_at, id)", skip_fk)]
    pub order: BelongsTo<super::order::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
