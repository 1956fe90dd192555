//! Webhooks: the feed read into deliveries, deliveries sent, and what ended forgotten. How rows change is `db::webhooks`;
//! why it is built so says decision 0020.

mod courier;
mod deliver;
mod dispatch;
mod prune;

pub use courier::{Courier, check_address};
pub(crate) use deliver::deliver_job;
pub use deliver::{Attempted, deliver};
pub use dispatch::{dispatch, look, watch};
pub(crate) use dispatch::{dispatch_all_job, dispatch_job};
pub use prune::prune;
pub(crate) use prune::prune_job;
