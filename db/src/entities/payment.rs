//! The table `payments`: what was paid on orders.

use domain::orders::PaymentKind;
use sea_orm::entity::prelude::*;

use super::text::Text;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payments")]
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
    pub kind: Text<PaymentKind>,
    pub method: String,
    pub currency: String,
    pub amount: i64,
    pub reference: String,
    pub actor: String,
    #[sea_orm(belongs_to, from = "(tenant_id, order_placed_at, order_id)", to = "(tenant_id, placed_at, id)", skip_fk)]
    pub order: BelongsTo<super::order::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
