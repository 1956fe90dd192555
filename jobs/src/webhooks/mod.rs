//! Webhooks: the feed read into deliveries, and deliveries sent. How rows change is `db::webhooks`; why it is built so says
//! decision 0020.

mod courier;
mod deliver;
mod dispatch;

pub use courier::{Courier, check_address};
pub(crate) use deliver::deliver_job;
pub use deliver::{Attempted, deliver};
pub use dispatch::{dispatch, look, watch};
pub(crate) use dispatch::{dispatch_all_job, dispatch_job};
