//! The table `deletion_rule`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "deletion_rule")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub only_row: bool,
    pub least_days: i32,
}

impl ActiveModelBehavior for ActiveModel {}
