//! Lists of imports, backups and jobs load what belongs to their rows with them: as many statements for 20 rows as for 1.
//! One function for each list.

use chrono::{DateTime, TimeDelta, Utc};
use db::backups::{self, Began, Done, NewBackup, Place};
use db::imports::{self, Begin, Created, NewRun, Preview, Taker};
use db::queue::console::{self, JobFilter, RunFilter};
use db::queue::engine::{Claim, Ended};
use db::testing::{self, TestDb};
use db::{Access, Clock, Scope};
use domain::backups::{Kind, Trigger};
use domain::ids::{ImportId, TenantId};
use domain::imports::{Format, ImportQuery, Problem, ProblemKind};
use domain::jobs::JobState;
use domain::page::Limit;
use domain::permission::Permission;
use uuid::Uuid;

use crate::queue::{engine, enqueue_many, platform};

const SIZES: [usize; 2] = [1, 20];

fn all() -> Limit {
    Limit::new(200).unwrap()
}

/// What `work` costs, and what it gives.
async fn cost<T>(db: &TestDb, work: impl AsyncFn() -> T) -> (u64, T) {
    let before = db.db.statements();
    let given = work().await;
    (db.db.statements() - before, given)
}

async fn import(access: &Access, n: usize, problems: usize) -> ImportId {
    let scope = access.scope(Permission::RunImports).unwrap();
    let store = {
        let tx = scope.begin().await.unwrap();
        db::stores::by_slug(&tx, "north").await.unwrap()
    };
    let hash = [n.to_be_bytes(), [7; 8]].concat();
    let file = NewRun {
        store: &store,
        format: Format::OrdersCsv,
        file_name: "orders.csv",
        file_path: "nowhere",
        file_size: 9,
        file_hash: &hash,
        mode: Default::default(),
        begin: Begin::Check,
    };
    let Created::New(run) = imports::create(&scope, file).await.unwrap() else { panic!("run {n} is not new") };
    let taken = imports::claim(&scope, run.id, Taker::Worker(Uuid::new_v4())).await.unwrap();
    let imports::Claimed::Mine(_, lease) = taken else { panic!("{taken:?}") };
    let problem = |n| Problem {
        line: n as u64,
        column: "total".into(),
        reason: "is no number".into(),
        order: None,
        kind: ProblemKind::Rejected,
    };
    let found: Vec<Problem> = (0..problems).map(problem).collect();
    let tx = scope.begin().await.unwrap();
    imports::checked(&tx, &lease, &Preview::default(), 30, &found, problems as u64).await.unwrap();
    tx.commit().await.unwrap();
    run.id
}

async fn shop(db: &TestDb) -> (Access, Scope) {
    let access = testing::tenant(&db.db, "ours").await;
    testing::store(&access, "north", "Europe/London", "GBP").await;
    let scope = access.scope(Permission::RunImports).unwrap();
    (access, scope)
}

#[tokio::test]
async fn imports_with_their_stores() {
    let mut costs = Vec::new();
    for size in SIZES {
        let db = TestDb::new().await;
        let (access, scope) = shop(&db).await;
        for n in 0..size {
            import(&access, n, 0).await;
        }
        let (cost, page) =
            cost(&db, async || imports::list(&scope, &ImportQuery::default(), all()).await.unwrap()).await;
        assert_eq!((page.rows.len(), page.rows[0].store_name.as_str()), (size, "north"));
        costs.push(cost);
    }
    assert_eq!(costs, [1, 1]);
}

#[tokio::test]
async fn an_import_with_its_problems() {
    let mut costs = Vec::new();
    for size in SIZES {
        let db = TestDb::new().await;
        let (access, scope) = shop(&db).await;
        import(&access, 1, 5).await;
        let id = import(&access, 2, size).await;
        let shown = cost(&db, async || imports::show_with_problems(&scope, id, None, all()).await.unwrap()).await;
        let (cost, (run, problems)) = shown;
        assert_eq!((run.problem_count, problems.rows.len(), problems.next), (size as u64, size, None));
        costs.push(cost);
    }
    assert_eq!(costs, [2, 2]);
}

/// What these tests are for: a list that asks for each of its rows costs more the longer it is.
#[tokio::test]
async fn a_list_that_asks_for_each_row_would_be_found() {
    let mut costs = Vec::new();
    for size in SIZES {
        let db = TestDb::new().await;
        let (access, scope) = shop(&db).await;
        for n in 0..size {
            import(&access, n, 2).await;
        }
        let one_by_one = async || {
            let page = imports::list(&scope, &ImportQuery::default(), all()).await.unwrap();
            for run in &page.rows {
                imports::show_with_problems(&scope, run.id, None, all()).await.unwrap();
            }
        };
        costs.push(cost(&db, one_by_one).await.0);
    }
    assert_eq!(costs, [3, 41]);
}

#[tokio::test]
async fn backups_with_their_tenants_and_the_size_of_the_one_before() {
    let start: DateTime<Utc> = "2026-11-21T01:00:00Z".parse().unwrap();
    let mut costs = Vec::new();
    for size in SIZES {
        let clock = Clock::fixed(start);
        let db = TestDb::with(clock.clone(), None).await;
        let scope = testing::tenant(&db.db, "ours").await.scope(Permission::ManageBackups).unwrap();
        let place = Place::Tenant(scope.clone());
        for n in 0..size {
            clock.set(start + TimeDelta::days(n as i64));
            let new = NewBackup { kind: Kind::Database, trigger: Trigger::Schedule, recipient: None, days: 30 };
            let Began::Mine(claim) = backups::begin(&place, &new).await.unwrap() else { panic!("one is running") };
            let done = Done { plain_bytes: 100 + n as i64, ..Done::default() };
            backups::store(&place, &claim, &done).await.unwrap();
        }
        let (own, page) = cost(&db, async || backups::list(&scope, None, all()).await.unwrap()).await;
        let before = (size > 1).then(|| 100 + size as i64 - 2);
        let newest = &page.rows[0];
        assert_eq!((page.rows.len(), newest.bytes_before, newest.tenant_slug.as_deref()), (size, before, Some("ours")));
        let everybodys = async || backups::platform_list(&platform(&db), None, None, all()).await.unwrap();
        let (everybodys, page) = cost(&db, everybodys).await;
        assert_eq!(page.rows.len(), size);
        costs.push((own, everybodys));
    }
    assert_eq!(costs, [(1, 1), (1, 1)]);
}

#[tokio::test]
async fn jobs_with_their_tenants_and_a_job_with_its_runs() {
    let mut costs = Vec::new();
    for size in SIZES {
        let db = TestDb::new().await;
        let access = testing::tenant(&db.db, "ours").await;
        enqueue_many(&access, "work", size).await;
        let tried = tried(&db, access.tenant(), size).await;
        let platform = platform(&db);
        let filter = JobFilter::of(JobState::Scheduled);
        let (jobs, page) = cost(&db, async || console::jobs(&platform, &filter, None, all()).await.unwrap()).await;
        assert_eq!((page.rows.len(), page.rows[0].tenant_slug.as_deref()), (size, Some("ours")));
        let history = async || console::history(&platform, &RunFilter::default(), None, all()).await.unwrap();
        let (history, page) = cost(&db, history).await;
        assert_eq!((page.rows.len(), page.rows[0].tenant_slug.as_deref()), (2 * size - 1, Some("ours")));
        let show = async || console::show(&platform, access.tenant(), tried).await.unwrap();
        let (show, detail) = cost(&db, show).await;
        assert_eq!((detail.runs.len(), detail.job.is_some()), (size, true));
        let workers = cost(&db, async || console::workers(&platform).await.unwrap()).await.0;
        costs.push([jobs, history, show, workers]);
    }
    assert_eq!(costs[0], costs[1], "jobs, history, one job, workers");
    assert_eq!(costs[0], [1, 1, 5, 2]);
}

/// Tries each job once, the first of them `times` in all; that job.
async fn tried(db: &TestDb, tenant: TenantId, times: usize) -> domain::ids::JobId {
    let engine = engine(&db.db).await;
    let soon = || db.db.clock().now() + TimeDelta::hours(1);
    let mut taken = Vec::new();
    let mut claim = Claim::of("default");
    loop {
        let some = engine.claim(&mut claim, 10).await.unwrap();
        if some.is_empty() {
            break;
        }
        taken.extend(some);
    }
    for job in &taken {
        engine.settle(job, &Ended::Failed("not yet".into(), soon()), None).await.unwrap();
    }
    let first = taken[0].lease.job;
    for _ in 1..times {
        let chosen = console::Chosen::These(vec![(tenant, first)]);
        console::change(&platform(db), console::Action::Retry, &chosen, &crate::queue::by(), false).await.unwrap();
        let again = engine.claim(&mut claim, 1).await.unwrap();
        engine.settle(&again[0], &Ended::Failed("not yet".into(), soon()), None).await.unwrap();
    }
    first
}
