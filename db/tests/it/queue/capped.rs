//! One change by hand concerns ten thousand jobs at most, the oldest, and says that there are more.

use db::queue::console::{self, Action, Changed, Chosen, JobFilter, MOST};
use db::testing::{self, TestDb};
use domain::jobs::JobState;
use sqlx::Executor;

use super::{by, platform};

const MORE: i64 = 3;
const DEAD: &str = "insert into jobs (tenant_id, id, kind, queue, state, run_at, max_attempts, enqueued_at, actor) \
      select t.id, gen_random_uuid(), 'work', 'default', 'dead', now() - n * interval '1 second', 5, now(), 'job' \
      from tenants t, generate_series(1, $1) n";

async fn fill(db: &TestDb) {
    let mut owner = db.platform_owner().await;
    sqlx::query(DEAD).bind(MOST + MORE).execute(&mut owner).await.unwrap();
    owner.execute("analyze jobs").await.unwrap();
}

#[tokio::test]
async fn a_change_of_all_that_match_is_capped_and_says_so() {
    let db = TestDb::new().await;
    testing::tenant(&db.db, "ours").await;
    let platform = platform(&db);
    let all = |state| Chosen::Matching(JobFilter::of(state));
    let change = async |action, state, dry| console::change(&platform, action, &all(state), &by(), dry).await.unwrap();
    let capped = Changed { chosen: MOST, changed: MOST, more: true };
    let rest = Changed { chosen: MORE, changed: MORE, more: false };
    fill(&db).await;
    let dry = change(Action::Retry, JobState::Dead, true).await;
    assert_eq!(dry, Changed { changed: 0, ..capped });
    assert_eq!(change(Action::Retry, JobState::Dead, false).await, capped);
    assert_eq!(
        db.scalar("select count(*) from jobs where state = 'dead' and run_at > now() - interval '1 hour'").await,
        MORE
    );
    assert_eq!(db.scalar("select count(*) from jobs where state = 'ready'").await, MOST);
    // Exactly as many as one change concerns: there are no more.
    let exactly = Changed { changed: 0, more: false, ..capped };
    assert_eq!(change(Action::Cancel, JobState::Ready, true).await, exactly);
    assert_eq!(change(Action::Retry, JobState::Dead, false).await, rest);

    assert_eq!(change(Action::Cancel, JobState::Ready, false).await, capped);
    assert_eq!(db.scalar("select count(*) from jobs").await, MORE);
    assert_eq!(db.scalar("select count(*) from job_runs where outcome = 'cancelled'").await, MOST);
    assert_eq!(change(Action::Cancel, JobState::Ready, false).await, rest);

    fill(&db).await;
    assert_eq!(change(Action::Delete, JobState::Dead, false).await, capped);
    assert_eq!(db.scalar("select count(*) from jobs").await, MORE);
    assert_eq!(db.scalar("select count(*) from jobs where run_at > now() - interval '1 minute'").await, MORE);
    assert_eq!(db.scalar("select count(*) from job_notes where action = 'delete' and job_id is not null").await, MOST);
}

#[tokio::test]
async fn the_cap_holds_for_chosen_ones_as_well() {
    let db = TestDb::new().await;
    testing::tenant(&db.db, "ours").await;
    fill(&db).await;
    let mut owner = db.platform_owner().await;
    let ids: Vec<(uuid::Uuid, uuid::Uuid)> =
        sqlx::query_as("select tenant_id, id from jobs").fetch_all(&mut owner).await.unwrap();
    let these = Chosen::These(ids.into_iter().map(|(tenant, job)| (tenant.into(), job.into())).collect());
    let done = console::change(&platform(&db), Action::Delete, &these, &by(), false).await.unwrap();
    assert_eq!(done, Changed { chosen: MOST, changed: MOST, more: true });
    assert_eq!(db.scalar("select count(*) from jobs").await, MORE);
}
