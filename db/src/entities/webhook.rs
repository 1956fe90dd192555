//! The table `webhooks`.

use domain::webhooks::WebhookState;
use sea_orm::entity::prelude::*;

use super::text::Text;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhooks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub url: String,
    pub description: String,
    pub kinds: Vec<String>,
    pub store_id: Option<Uuid>,
    pub state: Text<WebhookState>,
    pub reason: Option<String>,
    pub secret: Vec<u8>,
    pub old_secret: Option<Vec<u8>>,
    pub old_until: Option<DateTimeUtc>,
    pub read_seq: i64,
    pub failing_since: Option<DateTimeUtc>,
    pub last_at: Option<DateTimeUtc>,
    pub last_ok: Option<bool>,
    pub created_at: DateTimeUtc,
    pub created_by: String,
    #[sea_orm(belongs_to, from = "tenant_id", to = "id", skip_fk)]
    pub tenant: BelongsTo<super::tenant::Entity>,
    #[sea_orm(belongs_to, from = "(tenant_id, store_id)", to = "(tenant_id, id)", skip_fk)]
    pub store: BelongsTo<Option<super::store::Entity>>,
    #[sea_orm(has_many)]
    pub deliveries: HasMany<super::webhook_delivery::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
