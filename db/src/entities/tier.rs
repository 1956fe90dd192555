//! The table `tiers`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tiers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub slug: String,
    pub name: String,
    pub limits: Json,
    pub created_at: DateTimeUtc,
    pub lacks: Vec<String>,
    pub retired_at: Option<DateTimeUtc>,
    #[sea_orm(has_many)]
    pub tenants: HasMany<super::tenant::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
