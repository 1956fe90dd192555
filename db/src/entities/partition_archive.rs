//! The table `partition_archives`.

use sea_orm::entity::prelude::*;

use super::text::Text;
use crate::partitions::ArchiveState;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "partition_archives")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub quarter: Date,
    #[sea_orm(primary_key, auto_increment = false)]
    pub part: i16,
    pub state: Text<ArchiveState>,
    pub location: String,
    pub manifest: Option<Vec<u8>>,
    pub orders: i64,
    pub items: i64,
    pub bytes: i64,
    pub planned_at: DateTimeUtc,
    pub verified_at: Option<DateTimeUtc>,
    pub detached_at: Option<DateTimeUtc>,
    pub compared_at: Option<DateTimeUtc>,
    pub dropped_at: Option<DateTimeUtc>,
    pub restored_at: Option<DateTimeUtc>,
    pub error: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
