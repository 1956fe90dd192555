//! The table `deletion_requests`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "deletion_requests")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub tenant: Uuid,
    pub slug: String,
    pub asked_at: DateTimeUtc,
    pub days: Option<i32>,
    pub actor: String,
    pub reason: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
