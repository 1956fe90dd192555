//! The table `customer_metrics`.

use domain::customers::Segment;
use sea_orm::entity::prelude::*;

use super::text::Text;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "customer_metrics")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: Uuid,
    pub store_id: Uuid,
    pub orders: i64,
    pub first_at: DateTimeUtc,
    pub last_at: DateTimeUtc,
    pub last_day: Date,
    pub currency: String,
    pub net: i64,
    pub recency: Option<i16>,
    pub frequency: Option<i16>,
    pub monetary: Option<i16>,
    pub segment: Option<Text<Segment>>,
    #[sea_orm(belongs_to, from = "(tenant_id, customer_id)", to = "(tenant_id, id)", skip_fk)]
    pub customer: BelongsTo<super::customer::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
