//! What every statement of a tenant's transaction must say.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Panics when `sql` reads or writes a table with rows of many tenants and does not name the tenant: row-level security
/// would still hold, but it would hold alone.
pub fn assert_names_its_tenant(sql: &str) {
    if let Some(table) = table_without_tenant(sql) {
        panic!("a statement on {table} does not name the tenant: {sql}");
    }
}

fn table_without_tenant(sql: &str) -> Option<&'static str> {
    static TABLES: LazyLock<HashSet<&str>> = LazyLock::new(|| crate::entities::tenant_tables().into_iter().collect());
    if sql.contains("tenant_id") {
        return None;
    }
    let mut words = sql.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    while let Some(word) = words.next() {
        if ["from", "join", "into", "update"].iter().any(|verb| word.eq_ignore_ascii_case(verb)) {
            let table = words.clone().find(|word| !word.eq_ignore_ascii_case("only"));
            if let Some(table) = table.and_then(|table| TABLES.get(table)) {
                return Some(table);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_without_its_tenant_is_found() {
        for sql in [
            "select id from orders",
            "SELECT \"id\" FROM \"orders\" WHERE \"number\" = $1",
            "update jobs set state = $1",
        ] {
            assert!(table_without_tenant(sql).is_some(), "{sql}");
        }
        for sql in ["select 1", "select name from users", "select id from orders where tenant_id = $1"] {
            assert!(table_without_tenant(sql).is_none(), "{sql}");
        }
    }
}
