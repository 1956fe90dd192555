//! The table `job_workers`.

use sea_orm::entity::prelude::*;

use super::enums::WorkerState;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "job_workers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub host: String,
    pub pid: i32,
    pub version: String,
    pub queues: Vec<String>,
    pub slots: i32,
    pub started_at: DateTimeUtc,
    pub seen_at: DateTimeUtc,
    pub state: WorkerState,
}

impl ActiveModelBehavior for ActiveModel {}
