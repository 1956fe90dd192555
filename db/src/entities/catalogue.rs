//! Every entity is its table, and every table has an entity.

use std::collections::BTreeMap;

use sea_orm::sea_query::ColumnType;
use sea_orm::{ColumnTrait, EntityTrait, Iden, Iterable, PrimaryKeyToColumn};
use sqlx::{Connection, PgConnection};

use super::{shared_shapes, tenant_shapes};
use crate::testing::TestDb;

/// What an entity says about its table.
#[derive(Debug, PartialEq)]
pub struct Shape {
    table: String,
    /// Type and nullability by column.
    columns: BTreeMap<String, (String, bool)>,
    key: Vec<String>,
}

impl Shape {
    /// What `E` says.
    pub fn of<E: EntityTrait + Default>() -> Self {
        let columns = E::Column::iter().map(|column| {
            let def = column.def();
            (column.to_string(), (type_name(def.get_column_type()), def.is_null()))
        });
        Self {
            table: E::default().table_name().to_owned(),
            columns: columns.collect(),
            key: E::PrimaryKey::iter().map(|key| key.into_column().to_string()).collect(),
        }
    }
}

// As PostgreSQL names it.
fn type_name(column: &ColumnType) -> String {
    match column {
        ColumnType::Uuid => "uuid".into(),
        // `text` is the only type for text in the schema.
        ColumnType::String(_) | ColumnType::Text => "text".into(),
        ColumnType::Blob | ColumnType::VarBinary(_) => "bytea".into(),
        ColumnType::TimestampWithTimeZone => "timestamp with time zone".into(),
        ColumnType::BigInteger => "bigint".into(),
        ColumnType::Integer => "integer".into(),
        ColumnType::SmallInteger => "smallint".into(),
        ColumnType::Boolean => "boolean".into(),
        ColumnType::Date => "date".into(),
        // So is `jsonb` for JSON.
        ColumnType::Json | ColumnType::JsonBinary => "jsonb".into(),
        ColumnType::Array(of) => format!("{}[]", type_name(of)),
        ColumnType::Enum { .. } => "text".into(),
        other => format!("{other:?}"),
    }
}

const COLUMNS: &str = "select c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), not a.attnotnull \
     from pg_class c join pg_attribute a on a.attrelid = c.oid \
     where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and not c.relispartition \
       and a.attnum > 0 and not a.attisdropped and c.relname <> 'seaql_migrations'";

const KEYS: &str = "select c.relname::text, a.attname::text from pg_index i join pg_class c on c.oid = i.indrelid \
       cross join unnest(i.indkey) with ordinality k (attnum, n) join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum \
     where i.indisprimary and c.relnamespace = 'public'::regnamespace and not c.relispartition and c.relname <> 'seaql_migrations' \
     order by c.relname, k.n";

#[tokio::test]
async fn every_table_has_an_entity_that_is_equal_to_it() {
    let test = TestDb::new().await;
    let mut owner = PgConnection::connect(&test.owner_url).await.expect("connect as owner");
    let mut tables: BTreeMap<String, Shape> = BTreeMap::new();
    let columns: Vec<(String, String, String, bool)> =
        sqlx::query_as(COLUMNS).fetch_all(&mut owner).await.expect("read the columns");
    for (table, column, kind, nullable) in columns {
        let shape = tables.entry(table.clone());
        let shape = shape.or_insert_with(|| Shape { table, columns: BTreeMap::new(), key: Vec::new() });
        shape.columns.insert(column, (kind, nullable));
    }
    let keys: Vec<(String, String)> = sqlx::query_as(KEYS).fetch_all(&mut owner).await.expect("read the keys");
    for (table, column) in keys {
        tables.get_mut(&table).expect("a table with columns").key.push(column);
    }
    let mut entities: BTreeMap<String, Shape> = BTreeMap::new();
    for shape in tenant_shapes().into_iter().chain(shared_shapes()) {
        assert!(tables.contains_key(&shape.table), "the entity of {} has no table", shape.table);
        entities.insert(shape.table.clone(), shape);
    }
    for (name, table) in &tables {
        assert_eq!(entities.get(name), Some(table), "the entity of {name}");
    }
}

#[tokio::test]
async fn an_entity_is_a_tenants_exactly_where_its_table_names_one() {
    let test = TestDb::new().await;
    let mut owner = PgConnection::connect(&test.owner_url).await.expect("connect as owner");
    let sql = "select c.relname::text from pg_class c join pg_attribute a on a.attrelid = c.oid \
               where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace and a.attname = 'tenant_id'";
    let mut named: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut owner).await.expect("read the tables");
    let mut tenants: Vec<String> = tenant_shapes().into_iter().map(|shape| shape.table).collect();
    named.sort();
    tenants.sort();
    assert_eq!(tenants, named);
}
