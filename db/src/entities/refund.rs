//! The table `refunds`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "refunds")]
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
    pub local_day: Date,
    pub currency: String,
    pub amount: i64,
    pub lines: Option<Json>,
    pub reason: String,
    pub actor: String,
    pub shipping: i64,
    pub tax: i64,
    pub fees: i64,
    pub is_counted: bool,
    #[sea_orm(belongs_to, from = "(tenant_id, order_placed_at, order_id)", to = "(tenant_id, placed_at, id)", skip_fk)]
    pub order: BelongsTo<super::order::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
