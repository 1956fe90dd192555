//! The table `partition_upkeep`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "partition_upkeep")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub parent: String,
    pub ran_at: DateTimeUtc,
    pub done_at: Option<DateTimeUtc>,
    pub error: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
