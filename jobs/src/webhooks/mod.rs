//! Webhooks: the feed read into deliveries, and deliveries sent. How rows change is `db::webhooks`; why it is built so says
//! decision 0020.

mod courier;
mod deliver;
mod dispatch;
pub(crate) mod job;
mod letter;
mod watch;

pub use courier::{Courier, check_address};
pub use deliver::{Attempted, deliver};
pub use dispatch::dispatch;
pub use watch::{look, watch};
