//! The feed: a tenant's events, numbered without holes in the order of their commits.
//!
//! `append` numbers and stores events inside the transaction of the fact; `read` reads them; `hub` tells this
//! process and the others that there are new ones; `channel` lets any number of listeners share one reading; `prune`
//! forgets the oldest.

mod append;
mod channel;
mod hub;
mod notify;
mod prune;
mod read;

pub use append::{NewEvent, append};
pub(crate) use append::{access_changed, lock};
pub use channel::{Item, Subscription, subscribe};
pub use hub::Hub;
pub use notify::listen;
pub(crate) use notify::send;
pub use prune::prune;
pub use read::{Event, head};
