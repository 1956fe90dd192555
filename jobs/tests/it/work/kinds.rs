//! The work of these tests.

use std::time::Duration;

use chrono::TimeDelta;
use domain::permission::Permission;
use jobs::registry::{Kind, Work};
use jobs::{JobError, Outcome, Running};

const fn kind(name: &'static str, run: fn(Running) -> Work) -> Kind {
    Kind { name, queue: "default", max_attempts: 5, timeout: Duration::from_secs(30), run }
}

pub const KINDS: &[Kind] = &[
    kind("effect", |job| Box::pin(effect(job, Duration::ZERO))),
    kind("fail", |job| {
        Box::pin(async move {
            job.log.warn("about to fail");
            Err(JobError::new("no luck"))
        })
    }),
    kind("forget", |_| Box::pin(async { Ok(Outcome::Cancel("nothing to do".into())) })),
    kind("nothing", |_| Box::pin(async { Ok(Outcome::Done) })),
    kind("panic", |job| Box::pin(async move { panic!("try {} went very wrong", job.attempt) })),
    kind("poison", |_| Box::pin(async { std::process::abort() })),
    kind("sleep", |_| {
        Box::pin(async {
            tokio::time::sleep(Duration::from_secs(600)).await;
            Ok(Outcome::Done)
        })
    }),
    kind("slow_effect", |job| Box::pin(effect(job, Duration::from_millis(1_500)))),
    kind("snooze", |_| Box::pin(async { Ok(Outcome::Snooze(TimeDelta::hours(1))) })),
    kind("stop", |job| {
        Box::pin(async move {
            job.stop.cancelled().await;
            job.log.info("was told");
            Ok(Outcome::Snooze(TimeDelta::zero()))
        })
    }),
    Kind {
        timeout: Duration::from_millis(200),
        ..kind("too_slow", |_| {
            Box::pin(async {
                tokio::time::sleep(Duration::from_secs(600)).await;
                Ok(Outcome::Done)
            })
        })
    },
];

// Leaves one line in the tenant's audit each time that it happens.
async fn effect(job: Running, wait: Duration) -> Result<Outcome, JobError> {
    tokio::time::sleep(wait).await;
    let tx = job.scope(Permission::WriteOrders)?.begin().await?;
    db::audit::note(&tx, "effect", &job.lease.job.to_string(), serde_json::json!({})).await?;
    db::queue::finish(&tx, &job.lease).await?;
    tx.commit().await?;
    Ok(Outcome::Finished)
}
