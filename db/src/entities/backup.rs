//! The table `backups`.

use domain::backups::{Kind, Offsite, Status, Trigger};
use sea_orm::entity::prelude::*;

use super::text::Text;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "backups")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: Text<Kind>,
    pub status: Text<Status>,
    pub trigger: Text<Trigger>,
    pub actor: String,
    pub started_at: DateTimeUtc,
    pub finished_at: Option<DateTimeUtc>,
    pub bytes: i64,
    pub plain_bytes: i64,
    pub row_count: i64,
    pub table_count: i32,
    pub location: String,
    pub manifest_sha256: Option<Vec<u8>>,
    pub recipient: Option<String>,
    pub error: Option<String>,
    pub verified_at: Option<DateTimeUtc>,
    pub verify_ms: Option<i64>,
    pub verify_error: Option<String>,
    pub progress: Json,
    pub heartbeat_at: Option<DateTimeUtc>,
    pub holder: Option<Uuid>,
    pub offsite_status: Text<Offsite>,
    pub offsite_at: Option<DateTimeUtc>,
    pub offsite_error: Option<String>,
    pub expires_at: Option<DateTimeUtc>,
    pub removed_at: Option<DateTimeUtc>,
    pub unread_at: Option<DateTimeUtc>,
    #[sea_orm(belongs_to, from = "tenant_id", to = "id", skip_fk)]
    pub tenant: BelongsTo<super::tenant::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
