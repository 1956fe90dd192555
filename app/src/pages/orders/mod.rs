//! `/t/{tenant}/orders` and below it: the list, and one order with what can be done to it.

mod cancel_form;
mod detail;
mod edit_fields;
mod edit_form;
mod facts;
mod faults;
mod filters;
mod fulfil_form;
mod fulfilments;
mod items;
mod list;
mod model;
mod money;
mod pay_form;
mod refund_form;
mod strip;
mod table;
mod timeline;
mod views;

pub use detail::page as show;
pub use edit_fields::{EditField, edit_fields};
pub use list::page as index;
pub use model::{Asked, Conflict, Editing, Filled, Found, OrderIndex, OrderPage};
