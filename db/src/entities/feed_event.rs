//! The table `feed_events`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "feed_events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// Text, because another version may know kinds that this one does not.
    pub kind: String,
    pub store_id: Option<Uuid>,
    pub at: DateTimeUtc,
    pub data: Json,
}

impl ActiveModelBehavior for ActiveModel {}
