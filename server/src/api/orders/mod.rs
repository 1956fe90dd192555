//! `/api/v1/orders`: taking orders in, one or many, and giving them out.

pub mod batch;
pub mod create;
pub mod read;
