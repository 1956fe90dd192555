//! `/t/{tenant}/orders` and below it.

mod cancel;
mod change;
mod edit;
mod fulfil;
mod index;
mod note;
mod pay;
mod refund;
mod show;
mod state;

pub use cancel::{ask as ask_cancel, submit as cancel};
pub use edit::{ask as ask_edit, submit as edit};
pub use fulfil::{ask as ask_fulfil, submit as fulfil};
pub use index::{arrived, show as index};
pub use note::submit as note;
pub use pay::{ask as ask_pay, submit as pay};
pub use refund::{ask as ask_refund, submit as refund, sum as refund_sum};
pub use show::show;
pub use state::{close, hold};
