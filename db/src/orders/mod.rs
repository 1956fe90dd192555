//! Orders: taking them in, listing, showing, cancelling and refunding.

mod absent;
pub mod accept;
pub mod arrived;
pub mod cancel;
mod cells;
pub mod counts;
pub(crate) mod filter;
pub mod list;
mod locked;
pub mod neighbours;
pub mod place;
mod record;
pub mod refund;
pub mod rows;
pub mod search;
pub mod show;
pub mod summary;
mod write;

pub use rows::{CustomerRow, FullOrder, ItemRow, OrderDetail, OrderRow, RefundRow, TimelineRow};
