//! PostgreSQL.

use std::num::NonZero;

use super::{Faults, Vars};

const LEAST_USUAL: u32 = 10;
// Two processes of them leave room below the 100 connections that PostgreSQL takes by itself.
const MOST_USUAL: u32 = 40;

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
            faults.add("DATABASE_URL", "Required. Example: postgres://stoa_app:password@127.0.0.1:5432/stoa");
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
            pool: vars.number("STOA_DB_POOL", usual_pool(), 2..=1_000, faults),
        }
    }
}

// Requests take the connections in turn. What does not fit into the caches of the cores makes every statement dearer:
// docs/benchmarks.md has the figures.
fn usual_pool() -> u32 {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    u32::try_from(4 * cores).unwrap_or(MOST_USUAL).clamp(LEAST_USUAL, MOST_USUAL)
}

fn check(name: &'static str, url: &str, faults: &mut Faults) {
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        faults.add(name, "Use a URL such as postgres://user:password@127.0.0.1:5432/stoa.");
    }
}
