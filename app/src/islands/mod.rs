//! What runs in the browser. Islands take small props, draw what the server drew, and then only add to it.

#[cfg(feature = "hydrate")]
mod arrivals;
mod import_progress;
mod live_orders;
mod passkey;
#[cfg(feature = "hydrate")]
mod stream;

pub use import_progress::{ImportProgress, Progress};
pub use live_orders::LiveOrders;
pub use passkey::PasskeyStep;
