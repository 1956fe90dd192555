//! Every kind of work, in one sorted list. A kind's function may be called twice for the same job, and says why that is
//! safe; it gets its own time at most, and then counts as failed.

use std::pin::Pin;
use std::time::Duration;

use crate::context::Running;
use crate::outcome::{JobError, Outcome};
use crate::{backups, cache, customers, imports, mail, orders, stock, summaries, tenants, upkeep, webhooks};

/// The work of one attempt.
pub type Work = Pin<Box<dyn Future<Output = Result<Outcome, JobError>> + Send>>;

/// A kind of work.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// Its name, in the imperative.
    pub name: &'static str,
    /// Its queue, for jobs that the timetable makes.
    pub queue: &'static str,
    /// Tries before a job of it is dead, for jobs that the timetable makes.
    pub max_attempts: i16,
    /// The longest that an attempt may take.
    pub timeout: Duration,
    /// The work.
    pub run: fn(Running) -> Work,
}

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);

/// All of them, by name.
pub const KINDS: &[Kind] = &[
    Kind {
        name: "alert_stock",
        queue: "mail",
        max_attempts: 3,
        timeout: MINUTE.saturating_mul(10),
        run: |job| Box::pin(stock::alert_job(job)),
    },
    Kind {
        name: "apply_import",
        queue: "heavy",
        max_attempts: i16::MAX,
        timeout: HOUR.saturating_mul(12),
        run: |job| Box::pin(imports::apply_job(job)),
    },
    Kind {
        name: "archive_partitions",
        queue: "heavy",
        max_attempts: 3,
        timeout: HOUR.saturating_mul(12),
        run: |job| Box::pin(upkeep::partitions::archive(job)),
    },
    Kind {
        name: db::webhooks::DELIVER,
        queue: "webhooks",
        max_attempts: 30,
        timeout: MINUTE,
        run: |job| Box::pin(webhooks::deliver_job(job)),
    },
    Kind {
        name: "dispatch_all_webhooks",
        queue: "webhooks",
        max_attempts: 3,
        timeout: MINUTE,
        run: |job| Box::pin(webhooks::dispatch_all_job(job)),
    },
    Kind {
        name: db::webhooks::DISPATCH,
        queue: "webhooks",
        max_attempts: 5,
        timeout: MINUTE.saturating_mul(10),
        run: |job| Box::pin(webhooks::dispatch_job(job)),
    },
    Kind {
        name: "do_nothing",
        queue: "default",
        max_attempts: 5,
        timeout: MINUTE,
        run: |_| Box::pin(async { Ok(Outcome::Done) }),
    },
    Kind {
        name: "erase_tenants",
        queue: "heavy",
        max_attempts: 3,
        timeout: HOUR.saturating_mul(12),
        run: |job| Box::pin(tenants::erase_job(job)),
    },
    Kind {
        name: "expire_imports",
        queue: "default",
        max_attempts: 3,
        timeout: HOUR,
        run: |job| Box::pin(imports::expire_job(job)),
    },
    Kind {
        name: "make_backup",
        queue: "heavy",
        max_attempts: 3,
        timeout: HOUR.saturating_mul(12),
        run: |job| Box::pin(backups::make_job(job)),
    },
    Kind {
        name: "make_due_backups",
        queue: "heavy",
        max_attempts: 3,
        timeout: HOUR.saturating_mul(12),
        run: |job| Box::pin(backups::round_job(job)),
    },
    Kind {
        name: "make_partitions",
        queue: "default",
        max_attempts: 5,
        timeout: MINUTE.saturating_mul(5),
        run: |job| Box::pin(upkeep::partitions::make(job)),
    },
    Kind {
        name: "measure_all_customers",
        queue: "default",
        max_attempts: 3,
        timeout: MINUTE.saturating_mul(10),
        run: |job| Box::pin(customers::measure_all_job(job)),
    },
    Kind {
        name: "measure_customers",
        queue: "heavy",
        max_attempts: 3,
        timeout: HOUR.saturating_mul(4),
        run: |job| Box::pin(customers::measure_job(job)),
    },
    Kind {
        name: "notify_orders",
        queue: "mail",
        max_attempts: 5,
        timeout: MINUTE.saturating_mul(10),
        run: |job| Box::pin(orders::notify_job(job)),
    },
    Kind {
        name: "prune_feed",
        queue: "default",
        max_attempts: 3,
        timeout: HOUR,
        run: |job| Box::pin(upkeep::prune::feed_job(job)),
    },
    Kind {
        name: "prune_idempotency",
        queue: "default",
        max_attempts: 3,
        timeout: HOUR,
        run: |job| Box::pin(upkeep::prune::keys_job(job)),
    },
    Kind {
        name: "prune_imports",
        queue: "default",
        max_attempts: 3,
        timeout: HOUR,
        run: |job| Box::pin(upkeep::prune::imports_job(job)),
    },
    Kind {
        name: "prune_job_runs",
        queue: "default",
        max_attempts: 3,
        timeout: HOUR,
        run: |job| Box::pin(upkeep::prune::job_runs_job(job)),
    },
    Kind {
        name: "prune_mail",
        queue: "default",
        max_attempts: 3,
        timeout: HOUR,
        run: |job| Box::pin(mail::prune_job(job)),
    },
    Kind {
        name: "prune_sessions",
        queue: "default",
        max_attempts: 3,
        timeout: HOUR,
        run: |job| Box::pin(upkeep::prune::sessions_job(job)),
    },
    Kind {
        name: "prune_webhooks",
        queue: "default",
        max_attempts: 3,
        timeout: HOUR,
        run: |job| Box::pin(upkeep::prune::webhooks_job(job)),
    },
    Kind {
        name: db::partitions::RESTORE_JOB,
        queue: "heavy",
        max_attempts: 3,
        timeout: HOUR.saturating_mul(12),
        run: |job| Box::pin(upkeep::partitions::bring_back(job)),
    },
    Kind {
        name: "retry_import",
        queue: "default",
        max_attempts: 5,
        timeout: MINUTE,
        run: |job| Box::pin(imports::retry_job(job)),
    },
    Kind { name: "send_mail", queue: "mail", max_attempts: 3, timeout: HOUR, run: |job| Box::pin(mail::send_job(job)) },
    Kind {
        name: "send_summaries",
        queue: "mail",
        max_attempts: 3,
        timeout: HOUR,
        run: |job| Box::pin(summaries::send_job(job)),
    },
    Kind {
        name: "verify_audit",
        queue: "heavy",
        max_attempts: 2,
        timeout: HOUR.saturating_mul(4),
        run: |job| Box::pin(upkeep::audit::verify_job(job)),
    },
    Kind {
        name: "verify_rollups",
        queue: "heavy",
        max_attempts: 2,
        timeout: HOUR.saturating_mul(4),
        run: |job| Box::pin(upkeep::rollups::verify_job(job)),
    },
    Kind {
        name: "warm_cache",
        queue: "default",
        max_attempts: 3,
        timeout: MINUTE,
        run: |job| Box::pin(cache::warm_job(job)),
    },
];

/// The kind called `name` among `kinds`.
pub fn find<'a>(kinds: &'a [Kind], name: &str) -> Option<&'a Kind> {
    kinds.iter().find(|kind| kind.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_sorted_and_their_queues_exist() {
        assert!(KINDS.windows(2).all(|pair| pair[0].name < pair[1].name));
        for kind in KINDS {
            assert!(db::queue::QUEUES.contains(&kind.queue), "{}", kind.name);
            assert!(domain::jobs::kinds::words(kind.name).is_some(), "{} has no words", kind.name);
            assert!(kind.max_attempts > 0 && !kind.timeout.is_zero(), "{}", kind.name);
        }
    }
}
