//! The table `import_runs`.

use domain::imports::{Format, RunStatus};
use sea_orm::entity::prelude::*;

use super::text::Text;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_runs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub store_id: Uuid,
    pub format: Text<Format>,
    pub file_name: String,
    pub file_path: String,
    pub file_size: i64,
    pub file_hash: Vec<u8>,
    pub status: Text<RunStatus>,
    pub error: Option<String>,
    pub summary: Json,
    pub preview: Option<Json>,
    pub checkpoint: i64,
    pub total_lines: Option<i64>,
    pub problem_count: i64,
    pub attempts: i32,
    pub lease_owner: Option<Uuid>,
    pub lease_until: Option<DateTimeUtc>,
    pub fence: i64,
    pub actor: String,
    pub created_at: DateTimeUtc,
    pub started_at: Option<DateTimeUtc>,
    pub finished_at: Option<DateTimeUtc>,
    pub updates_orders: bool,
    #[sea_orm(belongs_to, from = "tenant_id", to = "id", skip_fk)]
    pub tenant: BelongsTo<super::tenant::Entity>,
    #[sea_orm(belongs_to, from = "(tenant_id, store_id)", to = "(tenant_id, id)", skip_fk)]
    pub store: BelongsTo<super::store::Entity>,
    #[sea_orm(has_many)]
    pub problems: HasMany<super::import_problem::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
