//! The table `webhook_deliveries`.

use domain::webhooks::DeliveryState;
use sea_orm::entity::prelude::*;

use super::text::Text;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_deliveries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub webhook_id: Uuid,
    pub seq: Option<i64>,
    /// Not always one of the feed's: tests have a kind of their own, and another version may know more.
    pub kind: String,
    pub body: String,
    pub state: Text<DeliveryState>,
    pub tries: i16,
    pub next_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub finished_at: Option<DateTimeUtc>,
    #[sea_orm(belongs_to, from = "tenant_id", to = "id", skip_fk)]
    pub tenant: BelongsTo<super::tenant::Entity>,
    #[sea_orm(belongs_to, from = "(tenant_id, webhook_id)", to = "(tenant_id, id)", skip_fk)]
    pub webhook: BelongsTo<super::webhook::Entity>,
    #[sea_orm(has_many)]
    pub attempts: HasMany<super::webhook_attempt::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
