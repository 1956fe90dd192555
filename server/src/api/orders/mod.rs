//! `/api/v1/orders`: taking orders in, one or many, giving them out and changing them.

pub mod batch;
pub mod change;
pub mod create;
pub mod put;
pub mod read;
