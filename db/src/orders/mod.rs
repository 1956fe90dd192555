//! Orders: taking them in, listing, showing and changing them.

mod absent;
pub mod accept;
pub mod arrived;
pub mod cancel;
mod cells;
pub mod change;
mod counted;
pub mod counts;
pub mod edit;
pub(crate) mod filter;
mod fulfil;
mod history;
pub mod list;
mod locked;
pub mod neighbours;
mod pay;
pub mod place;
mod record;
pub mod refund;
pub mod replace;
pub mod rows;
pub mod search;
pub mod show;
mod standing;
pub mod summary;
mod write;

pub use rows::{
    CustomerRow, FulfilmentRow, FullOrder, ItemRow, OrderDetail, OrderFacts, OrderRow, PaymentRow, RefundRow,
    TimelineRow,
};
