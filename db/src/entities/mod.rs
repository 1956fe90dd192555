//! Tables that are read and written whole, as SeaORM entities. Private: rows for callers live with their noun.

pub mod store;
pub mod user;
