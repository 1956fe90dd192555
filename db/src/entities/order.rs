//! The table `orders`: orders, one partition a quarter by `placed_at`.

use domain::orders::{FulfilmentStatus, OrderKind, OrderStatus, PaymentStatus};
use sea_orm::entity::prelude::*;

use super::text::Text;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "orders")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub placed_at: DateTimeUtc,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub store_id: Uuid,
    pub local_day: Date,
    pub number: String,
    pub kind: Text<OrderKind>,
    pub status: Text<OrderStatus>,
    pub payment_status: Text<PaymentStatus>,
    pub fulfilment_status: Text<FulfilmentStatus>,
    pub currency: String,
    pub customer_id: Option<Uuid>,
    pub item_count: i32,
    pub gross: i64,
    pub discounts: i64,
    pub shipping: i64,
    pub tax: i64,
    pub fees: i64,
    pub total: i64,
    pub refunded: i64,
    pub note: Option<String>,
    pub tags: Vec<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub customer_email: Option<String>,
    pub customer_email_key: Option<String>,
    pub customer_name: Option<String>,
    pub customer_phone: Option<String>,
    pub customer_external_id: Option<String>,
    pub customer_country: Option<String>,
    pub paid: Option<i64>,
    pub authorized: Option<i64>,
    pub refunded_shipping: Option<i64>,
    pub refunded_tax: Option<i64>,
    pub refunded_fees: Option<i64>,
    pub prices_include_tax: bool,
    pub is_on_hold: bool,
    pub cancelled_at: Option<DateTimeUtc>,
    pub cancel_reason: Option<String>,
    pub closed_at: Option<DateTimeUtc>,
    pub external_id: Option<String>,
    pub source: Option<String>,
    pub source_updated_at: Option<DateTimeUtc>,
    pub customer_note: Option<String>,
    pub shipping_address: Option<Json>,
    pub billing_address: Option<Json>,
    pub version: i32,
    #[sea_orm(belongs_to, from = "(tenant_id, store_id)", to = "(tenant_id, id)", skip_fk)]
    pub store: BelongsTo<super::store::Entity>,
    #[sea_orm(belongs_to, from = "(tenant_id, customer_id)", to = "(tenant_id, id)", skip_fk)]
    pub customer: BelongsTo<Option<super::customer::Entity>>,
    #[sea_orm(has_many)]
    pub items: HasMany<super::order_item::Entity>,
    #[sea_orm(has_many)]
    pub refunds: HasMany<super::refund::Entity>,
    #[sea_orm(has_many)]
    pub payments: HasMany<super::payment::Entity>,
    #[sea_orm(has_many)]
    pub fulfilments: HasMany<super::fulfilment::Entity>,
    #[sea_orm(has_many)]
    pub events: HasMany<super::order_event::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
