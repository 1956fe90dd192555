//! The table `job_runs`.

use domain::jobs::RunOutcome;
use sea_orm::entity::prelude::*;

use super::text::Text;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "job_runs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub job_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub fence: i64,
    pub kind: String,
    pub queue: String,
    pub key: Option<String>,
    pub payload: Json,
    pub attempt: i16,
    pub outcome: Text<RunOutcome>,
    pub enqueued_at: DateTimeUtc,
    pub ready_at: DateTimeUtc,
    pub started_at: Option<DateTimeUtc>,
    pub finished_at: DateTimeUtc,
    pub wait_ms: i64,
    pub run_ms: i64,
    pub error: Option<String>,
    pub log: Option<Json>,
    pub worker_id: Option<Uuid>,
    // None for the installation's own jobs.
    #[sea_orm(belongs_to, from = "tenant_id", to = "id", skip_fk)]
    pub tenant: BelongsTo<super::tenant::Entity>,
    #[sea_orm(belongs_to, from = "(tenant_id, job_id)", to = "(tenant_id, id)", skip_fk)]
    pub job: BelongsTo<super::job::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
