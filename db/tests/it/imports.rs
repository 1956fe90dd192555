//! The lists of imports and of their problems: a fixed number of statements a page, read by an index, of one tenant alone.

use db::imports::{
    Begin, Created, NewRun, ProblemKey, create, explain_list, explain_problems, list, show_with_problems,
};
use db::testing::{self, TestDb};
use db::{Access, DataError, Scope};
use domain::ids::ImportId;
use domain::imports::{Format, ImportQuery};
use domain::page::Limit;
use domain::permission::Permission;

const RUNS: u32 = 120;

async fn shop(db: &TestDb, slug: &str) -> (Access, Scope, Vec<ImportId>) {
    let access = testing::tenant(&db.db, slug).await;
    let store = testing::store(&access, "north", "Europe/London", "GBP").await;
    let scope = access.scope(Permission::RunImports).unwrap();
    let mut runs = Vec::new();
    for n in 0..RUNS {
        let hash = [n.to_be_bytes(), [7; 4]].concat();
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
        let Created::New(run) = create(&scope, file).await.unwrap() else { panic!("run {n} is not new") };
        runs.push(run.id);
    }
    (access, scope, runs)
}

async fn fill_problems(db: &TestDb, access: &Access, run: ImportId) {
    let owner = db.owner(access.tenant()).await;
    let sql = "insert into import_problems (tenant_id, import_id, line, position, kind, reason) \
               select $1, id, n, 0, 'rejected', 'wrong' from import_runs, generate_series(1, 60) n where tenant_id = $1";
    sqlx::query(sql).bind(access.tenant().0).execute(&owner).await.unwrap();
    let sql = "insert into import_problems (tenant_id, import_id, line, position, kind, reason) \
               select $1, $2, n, 0, 'rejected', 'wrong' from generate_series(61, 3000) n";
    sqlx::query(sql).bind(access.tenant().0).bind(run.0).execute(&owner).await.unwrap();
    sqlx::query("analyze import_runs, import_problems").execute(&owner).await.unwrap();
}

#[tokio::test]
async fn pages_of_imports_and_problems_take_a_fixed_number_of_statements_and_read_an_index() {
    let db = TestDb::new().await;
    let (access, scope, runs) = shop(&db, "shop").await;
    fill_problems(&db, &access, runs[0]).await;
    let limit = Limit::new(20).unwrap();
    let mut before = db.db.statements();
    let mut since = || {
        let now = db.db.statements();
        now - std::mem::replace(&mut before, now)
    };
    let newest = ImportQuery::default();
    let page = list(&scope, &newest, limit).await.unwrap();
    let first = since();
    let next = ImportQuery { cursor: page.sealed(&testing::seal()).older, ..ImportQuery::default() };
    assert_eq!(list(&scope, &next, Limit::new(100).unwrap()).await.unwrap().rows.len(), 100);
    let after = ProblemKey { line: 2_000, position: 0 };
    let second = since();
    let (run, problems) = show_with_problems(&scope, runs[0], Some(after), limit).await.unwrap();
    assert_eq!((run.store.as_str(), problems.rows[0].line, problems.rows.len()), ("north", 2_001, 20));
    assert_eq!((first, second, since()), (1, 1, 2), "a page of problems comes with its run");
    let plans = [
        explain_list(&scope, &newest, limit).await.unwrap(),
        explain_list(&scope, &next, limit).await.unwrap(),
        explain_problems(&scope, runs[0], Some(after), limit).await.unwrap(),
    ];
    for plan in &plans {
        let whole = plan.lines().any(|l| l.contains("Seq Scan on import_") || l.contains("Rows Removed by Filter"));
        assert!(!whole && !plan.contains("Sort"), "a page is read from its place in an index\n{plan}");
    }
}

#[tokio::test]
async fn imports_of_another_tenant_are_not_there() {
    let db = TestDb::new().await;
    let ours = shop(&db, "ours").await;
    let theirs = testing::tenant(&db.db, "theirs").await;
    let scope = theirs.scope(Permission::RunImports).unwrap();
    assert!(list(&scope, &ImportQuery::default(), Limit::new(20).unwrap()).await.unwrap().rows.is_empty());
    let found = show_with_problems(&scope, ours.2[0], None, Limit::new(20).unwrap()).await;
    assert!(matches!(found, Err(DataError::NotFound("import"))), "{found:?}");
}
