//! The table `job_locks`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "job_locks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    pub holder: Option<String>,
    pub fence: i64,
    pub lease_until: DateTimeUtc,
    pub acquired_at: DateTimeUtc,
    pub reason: String,
}

impl ActiveModelBehavior for ActiveModel {}
