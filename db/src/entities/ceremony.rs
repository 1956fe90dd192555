//! The table `ceremonies`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ceremonies")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id_hash: Vec<u8>,
    pub kind: String,
    pub state: Json,
    pub expires_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
