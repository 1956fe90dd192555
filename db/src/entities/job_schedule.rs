//! The table `job_schedule`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "job_schedule")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    pub cron: String,
    pub zone: String,
    pub kind: String,
    pub queue: String,
    pub payload: Json,
    pub max_attempts: i16,
    pub enabled: bool,
    pub last_tick: Option<DateTimeUtc>,
    pub next_tick: DateTimeUtc,
    pub missed: i64,
    pub missed_at: Option<DateTimeUtc>,
    pub known: bool,
}

impl ActiveModelBehavior for ActiveModel {}
