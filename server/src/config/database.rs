//! PostgreSQL.

use super::{Faults, Vars};

/// Where the data is.
#[derive(Clone, Debug)]
pub struct Database {
    /// For all work: a role that owns nothing, or one that may become it.
    pub url: String,
    /// For migrations: the owner of the tables.
    pub migration_url: String,
    /// Most connections of one process.
    pub pool: u32,
}

impl Database {
    pub(super) fn read(vars: &Vars, faults: &mut Faults) -> Self {
        let url = vars.text("DATABASE_URL").unwrap_or_default();
        if url.is_empty() {
            faults.add("DATABASE_URL", "is required, such as postgres://stoa_app:password@127.0.0.1:5432/stoa");
        } else {
            check("DATABASE_URL", url, faults);
        }
        let migration_url = vars.text("MIGRATION_DATABASE_URL");
        if let Some(url) = migration_url {
            check("MIGRATION_DATABASE_URL", url, faults);
        }
        Self {
            url: url.to_owned(),
            migration_url: migration_url.unwrap_or(url).to_owned(),
            pool: vars.number("STOA_DB_POOL", 20, 2..=1_000, faults),
        }
    }
}

fn check(name: &'static str, url: &str, faults: &mut Faults) {
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        faults.add(name, "must begin with postgres://, such as postgres://user:password@127.0.0.1:5432/stoa");
    }
}
