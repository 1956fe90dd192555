//! The table `products`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "products")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub store_id: Uuid,
    pub title: String,
    pub created_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "(tenant_id, store_id)", to = "(tenant_id, id)", skip_fk)]
    pub store: BelongsTo<super::store::Entity>,
    #[sea_orm(has_many)]
    pub variants: HasMany<super::variant::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
