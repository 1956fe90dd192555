//! The table `customers`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "customers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub store_id: Uuid,
    pub identity: Option<String>,
    pub external_id: Option<String>,
    pub email: Option<String>,
    pub name: Option<String>,
    pub phone: Option<String>,
    pub country: Option<String>,
    pub created_at: DateTimeUtc,
    pub email_key: Option<String>,
    #[sea_orm(belongs_to, from = "(tenant_id, store_id)", to = "(tenant_id, id)", skip_fk)]
    pub store: BelongsTo<super::store::Entity>,
    #[sea_orm(has_many)]
    pub orders: HasMany<super::order::Entity>,
    #[sea_orm(has_many)]
    pub money: HasMany<super::customer_money::Entity>,
    #[sea_orm(has_many)]
    pub emails: HasMany<super::customer_email::Entity>,
    #[sea_orm(has_one)]
    pub metrics: HasOne<super::customer_metric::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
