//! The table `idempotency_keys`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency_keys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    pub request_hash: Vec<u8>,
    pub status: i16,
    pub body: Vec<u8>,
    pub created_at: DateTimeUtc,
    #[sea_orm(primary_key, auto_increment = false)]
    pub reach: String,
    pub stores: Option<Vec<Uuid>>,
}

impl ActiveModelBehavior for ActiveModel {}
