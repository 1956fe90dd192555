//! Webhooks: addresses that are told what happens in a tenant.
//!
//! Each reads the tenant's feed by itself, after the last event that was looked at for it: `dispatch` writes what it wants
//! of the next ones as deliveries and moves it on, in one transaction with the jobs that send them. `begin` and `finish`
//! stand around a sending, which holds neither a transaction nor a connection. So an order pays nothing for webhooks, and
//! none of its events is told twice or not at all by our own doing.

mod change;
mod deliveries;
mod dispatch;
mod finish;
mod list;
mod prune;
mod secret;
mod send;
mod state;

use domain::ids::DeliveryId;

pub use change::{Made, NewWebhook, change, create, delete};
pub use deliveries::{Attempt, Delivery, deliveries, delivery};
pub use dispatch::{DISPATCH, Dispatched, behind, catching_up, dispatch, dispatching};
pub use finish::{Ended, Reply, SwitchedOff, finish};
pub use list::{Webhook, list, show};
pub use prune::prune;
pub use secret::rotate;
pub use send::{Begun, Call, DELIVER, again, begin, test};
pub use state::{Resume, pause, resume};

/// The queue of what is sent: receivers that answer slowly hold up nothing else.
pub const QUEUE: &str = "webhooks";

/// What a message is called, at every attempt.
pub fn message_id(delivery: DeliveryId) -> String {
    format!("msg_{}", delivery.0.simple())
}
