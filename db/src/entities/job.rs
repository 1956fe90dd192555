//! The table `jobs`.

use domain::jobs::JobState;
use sea_orm::entity::prelude::*;

use super::enums::WaitsFor;
use super::text::Text;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "jobs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    pub queue: String,
    pub key: Option<String>,
    pub payload: Json,
    pub priority: i16,
    pub state: Text<JobState>,
    pub run_at: DateTimeUtc,
    pub waits_for: Option<WaitsFor>,
    pub attempt: i16,
    pub max_attempts: i16,
    pub crashes: i16,
    pub worker_id: Option<Uuid>,
    pub fence: i64,
    pub enqueued_at: DateTimeUtc,
    pub started_at: Option<DateTimeUtc>,
    pub last_error: Option<String>,
    pub actor: String,
    pub request_id: Option<String>,
    // None for the installation's own jobs.
    #[sea_orm(belongs_to, from = "tenant_id", to = "id", skip_fk)]
    pub tenant: BelongsTo<super::tenant::Entity>,
    #[sea_orm(has_many)]
    pub runs: HasMany<super::job_run::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
