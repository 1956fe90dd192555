//! What customers bought, how they compare and in which segment they are: recomputed from the orders each night, in
//! batches. What counts is what counts everywhere, see `docs/decisions/0007-what-counts.md`.

mod gather;
mod rank;
mod read;

#[cfg(feature = "testing")]
pub(crate) use gather::facts;
pub use gather::{Batch, gather};
pub use rank::rank;
pub use read::{CustomerMetrics, MoneySpent, of_customer, segments};
