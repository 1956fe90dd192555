//! The table `usage_totals`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "usage_totals")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    pub products: i64,
    pub products_over_since: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
