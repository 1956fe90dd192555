//! The table `variants`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "variants")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub product_id: Uuid,
    pub store_id: Uuid,
    pub sku: String,
    pub title: String,
    pub created_at: DateTimeUtc,
    pub sku_key: String,
    pub titled_at: Option<DateTimeUtc>,
    #[sea_orm(belongs_to, from = "(tenant_id, product_id)", to = "(tenant_id, id)", skip_fk)]
    pub product: BelongsTo<super::product::Entity>,
    #[sea_orm(belongs_to, from = "(tenant_id, store_id)", to = "(tenant_id, id)", skip_fk)]
    pub store: BelongsTo<super::store::Entity>,
    #[sea_orm(has_one)]
    pub level: HasOne<super::stock_level::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
