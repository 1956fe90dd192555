//! `/t/{tenant}/orders` and below it: the list, and one order with what can be done to it.

mod detail;
mod filters;
mod list;
mod model;
mod money;
mod refund_form;
mod strip;
mod table;
mod timeline;
mod views;

pub use detail::page as show;
pub use list::page as index;
pub use model::{Asked, Found, OrderIndex, OrderPage, Refunding};
