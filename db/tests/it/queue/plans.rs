//! Plans of the claim and of the console's lists, on tables with many rows and on others' rows.

use db::queue::console::{self, JobFilter, RunFilter};
use db::testing::{self, TestDb};
use domain::jobs::{JobState, RunOutcome};
use domain::page::Limit;
use sqlx::Executor;
use std::time::Instant;

use super::{engine, platform};

/// Statements of the counts by state, whatever the rows, besides the one that begins the transaction.
const COUNTS: u64 = 2;

const FILL: &str = "insert into jobs (tenant_id, id, kind, queue, key, state, run_at, max_attempts, enqueued_at, actor, last_error) \
      select t.id, gen_random_uuid(), 'kind' || n % 7, case when n % 10 = 0 then 'heavy' else 'default' end, null, \
        (array['ready', 'scheduled', 'dead', 'ready', 'ready'])[1 + n % 5], now() - n * interval '1 second', 5, now(), 'job', case when n % 5 = 2 then 'broken ' || n end \
      from tenants t, generate_series(1, 4000) n; \
    insert into job_runs (tenant_id, job_id, fence, kind, queue, key, payload, attempt, outcome, enqueued_at, ready_at, started_at, finished_at, wait_ms, run_ms, error) \
      select t.id, gen_random_uuid(), 1, 'kind' || n % 7, 'default', case when n % 50 = 0 then 'key' || n end, '{}', 1, case when n % 20 = 0 then 'failed' else 'done' end, \
        now(), now(), now(), now() - n * interval '1 second', 1, 2, case when n % 20 = 0 then 'error number ' || n end \
      from tenants t, generate_series(1, 6000) n; \
    analyze jobs; analyze job_runs";

async fn filled() -> TestDb {
    let db = TestDb::new().await;
    for slug in ["one", "two", "three", "four", "five"] {
        testing::tenant(&db.db, slug).await;
    }
    db.platform_owner().await.execute(FILL).await.unwrap();
    db
}

#[tokio::test]
async fn a_claim_reads_by_its_index_and_no_more_than_it_takes() {
    let db = filled().await;
    let engine = engine(&db.db).await;
    let plan = engine.explain_claim("default", 8).await.unwrap();
    assert!(plan.contains("jobs_ready") && !plan.contains("Seq Scan on jobs"), "{plan}");
    assert!(!plan.contains("Sort Key: jobs"), "{plan}");
    let removed: i64 = plan
        .lines()
        .filter_map(|line| line.trim().strip_prefix("Rows Removed by Filter: "))
        .filter_map(|count| count.parse::<i64>().ok())
        .sum();
    assert!(removed < 100, "{plan}");
}

#[tokio::test]
async fn a_job_is_taken_away_by_its_name_and_not_through_all_that_ran_lately() {
    for db in [TestDb::new().await, filled().await] {
        let plan = engine(&db.db).await.explain_done().await.unwrap();
        assert!(plan.contains("Index Scan using jobs_pkey") && !plan.contains("jobs_state"), "{plan}");
    }
}

#[tokio::test]
async fn lists_read_by_their_indexes() {
    let db = filled().await;
    let cases: [(&str, &str); 8] = [
        ("select * from jobs j where j.state = 'dead' order by j.run_at desc, j.id desc limit 51", "jobs_state"),
        (
            "select * from jobs j where j.state = 'dead' and (j.run_at, j.id) < (now() - interval '1 hour', '00000000-0000-0000-0000-000000000000') order by j.run_at desc, j.id desc limit 51",
            "jobs_state",
        ),
        ("select * from job_runs j order by j.finished_at desc, j.job_id desc limit 51", "job_runs_finished"),
        (
            "select * from job_runs j where j.kind = 'kind3' order by j.finished_at desc, j.job_id desc limit 51",
            "job_runs_kind",
        ),
        (
            "select * from job_runs j where j.key = 'key50' order by j.finished_at desc, j.job_id desc limit 51",
            "job_runs_key",
        ),
        (
            "select * from job_runs j where j.outcome = 'dead' and j.outcome <> 'done' order by j.finished_at desc, j.job_id desc limit 51",
            "job_runs_outcome",
        ),
        (
            "select * from job_runs j where j.error is not null order by j.finished_at desc, j.job_id desc limit 20000",
            "job_runs_error",
        ),
        (
            "select * from job_runs j where j.tenant_id = (select id from tenants limit 1) order by j.finished_at desc, j.job_id desc limit 51",
            "job_runs_tenant",
        ),
    ];
    let mut app = <sqlx::PgConnection as sqlx::Connection>::connect(&db.url).await.unwrap();
    app.execute("set role stoa_app; set app.platform = 'on'; set jit = off").await.unwrap();
    for (sql, index) in cases {
        let sql = sqlx::AssertSqlSafe(format!("explain (costs off) {sql}"));
        let plan: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut app).await.unwrap();
        let plan = plan.join("\n");
        assert!(plan.contains(index) && !plan.contains("Seq Scan on job"), "{index}: {plan}");
    }
}

#[tokio::test]
async fn the_number_of_statements_does_not_depend_on_the_rows() {
    let mut counts = Vec::new();
    for filled_up in [false, true] {
        let db = if filled_up { filled().await } else { TestDb::new().await };
        let platform = platform(&db);
        let mut before = db.db.statements();
        let mut since = || {
            let now = db.db.statements();
            now - std::mem::replace(&mut before, now)
        };
        let mut count = Vec::new();
        console::jobs(&platform, &JobFilter::of(JobState::Dead), None, Limit::default()).await.unwrap();
        count.push(since());
        console::history(&platform, &RunFilter::default(), None, Limit::default()).await.unwrap();
        count.push(since());
        let words = RunFilter { text: Some("number".into()), ..RunFilter::default() };
        console::history(&platform, &words, None, Limit::default()).await.unwrap();
        count.push(since());
        console::counts(&platform).await.unwrap();
        count.push(since());
        console::workers(&platform).await.unwrap();
        console::queues(&platform).await.unwrap();
        count.push(since());
        counts.push(count);
    }
    assert_eq!(counts[0], counts[1]);
}

/// Five million attempts in torture; a fiftieth of them otherwise. Plans and the rows that they read are the same; how
/// long it takes is only said, because machines differ.
#[tokio::test]
async fn millions_of_finished_rows_are_usable() {
    let parts = if testing::full_counts() { 50 } else { 1 };
    let db = filled().await;
    let mut owner = db.platform_owner().await;
    for part in 0..parts {
        let sql = "insert into job_runs (tenant_id, job_id, fence, kind, queue, key, payload, attempt, outcome, enqueued_at, ready_at, started_at, finished_at, wait_ms, run_ms, error) \
          select t.id, gen_random_uuid(), 1, 'kind' || n % 7, 'default', case when n % 50 = 0 then 'key' || n end, '{}', 1, case when n % 100 = 0 then 'failed' else 'done' end, \
            now(), now(), now(), now() - (n + $1 * 20000) * interval '0.5 second', 1, 2, case when n % 100 = 0 then 'error number ' || n end \
          from tenants t, generate_series(1, 20000) n";
        sqlx::query(sql).bind(part).execute(&mut owner).await.unwrap();
    }
    owner.execute("vacuum analyze job_runs").await.unwrap();
    let platform = platform(&db);
    let tenant = platform.tenant("three").await.unwrap().id;
    let page = i64::try_from(Limit::default().rows()).unwrap() + 1;
    let window = i64::from(console::WINDOW);
    let filters = [
        ("all", RunFilter::default(), "job_runs_finished", page),
        ("kind", RunFilter { kind: Some("kind3".into()), ..RunFilter::default() }, "job_runs_kind", page),
        ("key", RunFilter { key: Some("key500".into()), ..RunFilter::default() }, "job_runs_key", page),
        ("tenant", RunFilter { tenant: Some(tenant), ..RunFilter::default() }, "job_runs_tenant", page),
        ("outcome", RunFilter { outcome: Some(RunOutcome::Failed), ..RunFilter::default() }, "job_runs_outcome", page),
        (
            "rare words",
            RunFilter { text: Some("number 19900".into()), ..RunFilter::default() },
            "job_runs_error",
            window,
        ),
        ("no such words", RunFilter { text: Some("nowhere".into()), ..RunFilter::default() }, "job_runs_error", window),
    ];
    for (name, filter, index, most) in filters {
        let (begun, before) = (Instant::now(), db.db.statements());
        let first = console::history(&platform, &filter, None, Limit::default()).await.unwrap();
        let (took, statements) = (begun.elapsed(), db.db.statements() - before);
        let mut page = first.clone();
        for _ in 0..5 {
            let Some(older) = page.older else { break };
            let before = db.db.statements();
            page = console::history(&platform, &filter, Some(&older), Limit::default()).await.unwrap();
            assert_eq!(db.db.statements() - before, statements, "{name}: a later page costs what the first does");
        }
        println!("{} attempts, {name}: first page {took:?}, six pages {:?}", parts * 100_000, begun.elapsed());
        // Besides the one that begins the transaction.
        assert_eq!(statements, if filter.text.is_some() { 2 } else { 1 }, "{name}");
        for from in [None, first.older.as_ref()] {
            let plan = console::explain_history(&platform, &filter, from).await.unwrap();
            assert!(plan.contains(index) && !plan.contains("Seq Scan on job_runs"), "{name}: {plan}");
            assert!(read(&plan) <= most, "{name} reads no more than it shows or looks at: {plan}");
        }
    }
    let (begun, before) = (Instant::now(), db.db.statements());
    console::counts(&platform).await.unwrap();
    println!("{} attempts, counts: {:?}", parts * 100_000, begun.elapsed());
    assert_eq!(db.db.statements() - before, COUNTS, "counts");
}

/// Rows that the scan of `job_runs` came upon: those that it gave on and those that its filter removed.
fn read(plan: &str) -> i64 {
    let mut lines = plan.lines().skip_while(|line| !line.contains("on job_runs"));
    let scan = lines.next().unwrap_or_else(|| panic!("{plan}"));
    let given = scan.split("rows=").nth(1).and_then(|rest| rest.split([' ', ')']).next()).unwrap();
    let removed =
        lines.take_while(|line| !line.contains("->")).filter_map(|line| line.split("Rows Removed by Filter: ").nth(1));
    given.parse::<i64>().unwrap() + removed.map(|count| count.trim().parse::<i64>().unwrap()).sum::<i64>()
}
