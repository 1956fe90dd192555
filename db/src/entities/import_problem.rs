//! The table `import_problems`.

use domain::imports::ProblemKind;
use sea_orm::entity::prelude::*;

use super::text::Text;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_problems")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub import_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub line: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    pub kind: Text<ProblemKind>,
    pub order_number: Option<String>,
    pub column_name: String,
    pub reason: String,
    #[sea_orm(belongs_to, from = "(tenant_id, import_id)", to = "(tenant_id, id)", skip_fk)]
    pub import_run: BelongsTo<super::import_run::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
