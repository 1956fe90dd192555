//! The job `notify_orders`.

use domain::ids::OrderId;
use serde::Deserialize;

use super::notify::notify_all;
use crate::context::Running;
use crate::outcome::{JobError, Outcome};

/// New sales of one store.
#[derive(Debug, Deserialize)]
struct About {
    orders: Vec<OrderId>,
}

/// Tells of new sales. Twice is safe: the outbox has one message an order and recipient.
pub(crate) async fn tell(job: Running) -> Result<Outcome, JobError> {
    let About { orders } = job.payload()?;
    let messages = notify_all(&job.db, &job.tools.mailer, job.tenant, &orders, &job.stop).await?;
    job.log.info(format!("{messages} emails about {} orders", orders.len()));
    Ok(Outcome::Done)
}
