//! The job queue as rows. What workers make of it is tested in `jobs`.

mod capped;
mod claims;
mod consoles;
mod enqueued;
mod locks;
mod plans;
mod settled;
mod timetable;

use db::platform::{Platform, PlatformTx};
use db::queue::NewJob;
use db::queue::console::By;
use db::queue::engine::{Engine, Introduction};
use db::testing::TestDb;
use db::{Access, Actor, Db};
use domain::ids::TenantId;
use domain::permission::Permission;
use serde_json::json;

pub async fn engine(db: &Db) -> Engine {
    let introduction = Introduction { version: "0".into(), queues: vec!["default", "heavy"], slots: 8 };
    Engine::open(db, 3, &introduction).await.unwrap()
}

pub fn platform(db: &TestDb) -> Platform {
    Platform::command(db.db.clone())
}

pub fn job(kind: &'static str) -> NewJob {
    NewJob::new(kind, json!({}))
}

pub fn by() -> By {
    By::new(Actor::Command, "a test").unwrap()
}

/// Enqueues `count` jobs without a key for a tenant.
pub async fn enqueue_many(access: &Access, kind: &'static str, count: usize) {
    let scope = access.scope(Permission::WriteOrders).unwrap();
    let tx = scope.begin().await.unwrap();
    for _ in 0..count {
        db::queue::enqueue(&tx, &job(kind)).await.unwrap().unwrap();
    }
    tx.commit().await.unwrap();
}

pub async fn enqueue_nil(db: &TestDb, job: &NewJob) -> Option<domain::ids::JobId> {
    let tx = platform(db).begin().await.unwrap();
    let id = db::queue::enqueue_for_platform(&tx, PlatformTx::NIL, job).await.unwrap();
    tx.commit().await.unwrap();
    id
}

pub const NIL: TenantId = PlatformTx::NIL;
