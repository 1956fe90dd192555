//! The table `rollup_days`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rollup_days")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub store_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: Date,
    #[sea_orm(primary_key, auto_increment = false)]
    pub currency: String,
    pub orders: i64,
    pub cancelled: i64,
    pub return_orders: i64,
    pub refunds: i64,
    pub items: i64,
    pub gross: i64,
    pub discounts: i64,
    pub returned: i64,
    pub refunded: i64,
    pub shipping: i64,
    pub tax: i64,
    pub fees: i64,
    #[sea_orm(belongs_to, from = "(tenant_id, store_id)", to = "(tenant_id, id)", skip_fk)]
    pub store: BelongsTo<super::store::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
