//! `/t/{tenant}/orders` and below it.

mod cancel;
mod index;
mod refund;
mod show;

pub use cancel::{ask as ask_cancel, submit as cancel};
pub use index::{arrived, show as index};
pub use refund::{ask as ask_refund, submit as refund};
pub use show::show;
