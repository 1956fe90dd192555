//! What happens after an order came in.

mod notify;

pub use notify::notify;
