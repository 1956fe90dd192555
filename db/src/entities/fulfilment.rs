//! The table `fulfilments`: what of orders was sent.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "fulfilments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub order_placed_at: DateTimeUtc,
    #[sea_orm(primary_key, auto_increment = false)]
    pub order_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub store_id: Uuid,
    pub at: DateTimeUtc,
    pub lines: Json,
    pub carrier: String,
    pub tracking_number: String,
    pub tracking_url: String,
    pub actor: String,
    #[sea_orm(belongs_to, from = "(tenant_id, order_placed_at, order_id)", to = "(tenant_id, placed_at, id)", skip_fk)]
    pub order: BelongsTo<super::order::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
