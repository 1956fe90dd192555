//! The table `audit_seals`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_seals")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub chain: Uuid,
    pub slug: String,
    pub seq: i64,
    pub hash: Vec<u8>,
    pub began_at: DateTimeUtc,
    pub sealed_at: Option<DateTimeUtc>,
    pub asked_at: DateTimeUtc,
    pub due_at: DateTimeUtc,
    pub actor: String,
    pub reason: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
