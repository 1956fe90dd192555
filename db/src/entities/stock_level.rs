//! The table `stock_levels`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stock_levels")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub variant_id: Uuid,
    pub store_id: Uuid,
    pub quantity: i64,
    pub threshold: i64,
    pub counted_at: DateTimeUtc,
    pub alerted_at: Option<DateTimeUtc>,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "(tenant_id, variant_id)", to = "(tenant_id, id)", skip_fk)]
    pub variant: BelongsTo<super::variant::Entity>,
    #[sea_orm(belongs_to, from = "(tenant_id, store_id)", to = "(tenant_id, id)", skip_fk)]
    pub store: BelongsTo<super::store::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
