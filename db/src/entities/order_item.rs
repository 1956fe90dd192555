//! The table `order_items`: lines of orders, partitioned as the orders are.

use domain::orders::ItemKind;
use sea_orm::entity::prelude::*;

use super::text::Text;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "order_items")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub placed_at: DateTimeUtc,
    #[sea_orm(primary_key, auto_increment = false)]
    pub order_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    pub store_id: Uuid,
    pub variant_id: Option<Uuid>,
    pub sku: Option<String>,
    pub title: String,
    pub kind: Text<ItemKind>,
    pub quantity: i64,
    pub unit_price: i64,
    pub amount: i64,
    pub refunded_quantity: i64,
    pub discount: Option<i64>,
    pub tax: Option<i64>,
    pub fulfilled_quantity: Option<i64>,
    #[sea_orm(belongs_to, from = "(tenant_id, placed_at, order_id)", to = "(tenant_id, placed_at, id)", skip_fk)]
    pub order: BelongsTo<super::order::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
