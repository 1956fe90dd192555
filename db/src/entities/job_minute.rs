//! The table `job_minutes`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "job_minutes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub minute: DateTimeUtc,
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub queue: String,
    pub done: i64,
    pub failed: i64,
    pub dead: i64,
    pub snoozed: i64,
    pub cancelled: i64,
    pub crashed: i64,
    pub parked: i64,
    pub wait_ms_sum: i64,
    pub wait_ms_max: i64,
    pub run_ms_sum: i64,
    pub run_ms_max: i64,
}

impl ActiveModelBehavior for ActiveModel {}
