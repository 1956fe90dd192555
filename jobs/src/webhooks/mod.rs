//! Webhooks: the feed read into deliveries, deliveries sent, and what ended forgotten. How rows change is `db::webhooks`;
//! why it is built so says decision 0020.

mod courier;
mod deliver;
mod dispatch;
pub(crate) mod job;
mod letter;
mod prune;
mod watch;

pub use courier::{Courier, check_address};
pub use deliver::{Attempted, deliver};
pub use dispatch::dispatch;
pub use prune::prune;
pub use watch::{look, watch};
