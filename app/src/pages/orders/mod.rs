//! `/t/{tenant}/orders` and below it: the list, and one order with what can be done to it.

mod detail;
mod filters;
mod list;
mod money;
mod refund_form;
mod strip;
mod table;
mod timeline;
mod views;

pub use detail::{Asked, OrderPage, Refunding, page as show};
pub use list::{Found, OrderIndex, page as index};
