//! The table `partition_marks`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "partition_marks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub parent: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub quarter: Date,
    pub made_at: Option<DateTimeUtc>,
    pub analysed_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
