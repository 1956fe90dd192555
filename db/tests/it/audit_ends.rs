//! Where records end: the app's role takes nothing away, what anybody takes away is found, and what was erased rightly
//! leaves its sealed end.

use db::audit;
use db::platform::{Platform, PlatformTx};
use db::testing::{self, TestDb};
use db::{Access, Scope};
use domain::ids::TenantId;
use domain::permission::Permission;
use migrations::Migrator;
use sea_orm_migration::MigratorTrait;
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

const NIL: &str = "00000000-0000-0000-0000-000000000000";

fn scope(db: &TestDb, tenant: TenantId) -> Scope {
    Access::command(db.db.clone(), tenant).scope(Permission::ReadAudit).unwrap()
}

/// What is wrong with every chain that is known of: the slug of its tenant, `-` for the installation, and the words.
async fn broken(db: &TestDb) -> Vec<String> {
    let mut found = Vec::new();
    for chain in audit::chains(&Platform::command(db.db.clone())).await.unwrap() {
        let name = if chain.tenant() == PlatformTx::NIL { "-" } else { chain.slug().unwrap_or("?") };
        if let Some(fault) = audit::verify(&scope(db, chain.tenant())).await.unwrap().broken {
            found.push(format!("{name}: {} {}", fault.seq, fault.words));
        }
    }
    found
}

async fn note(db: &TestDb, tenant: TenantId, times: usize) {
    for n in 0..times {
        audit::record(&scope(db, tenant), "test.note", "x", json!({"n": n})).await.unwrap();
    }
}

async fn owner(db: &TestDb) -> PgConnection {
    PgConnection::connect(&db.owner_url).await.unwrap()
}

async fn run(conn: &mut PgConnection, sql: &str) -> Result<(), sqlx::Error> {
    conn.execute(sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))).await.map(drop)
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a list of tries against one state")]
async fn the_apps_role_alone_erases_no_record() {
    let db = TestDb::new().await;
    let (ours, theirs) = (testing::tenant(&db.db, "ours").await, testing::tenant(&db.db, "theirs").await);
    note(&db, ours.tenant(), 3).await;
    let mut owner = owner(&db).await;
    run(&mut owner, "update deletion_rule set least_days = 14").await.unwrap();
    // One whose deletion was requested rightly, and whose time is not over.
    let platform = Platform::command(db.db.clone());
    assert!(platform.leave("theirs", "moved", 13).await.is_err(), "sooner than the rule");
    platform.leave("theirs", "moved", 14).await.unwrap();
    let (id, leaving) = (ours.tenant(), theirs.tenant());
    let erase = |tenant: &str| {
        format!(
            "set local app.tenant = '{tenant}'; select stoa_erase('{tenant}', relname, 100000) from pg_class \
             where relnamespace = 'public'::regnamespace and relkind = 'r' and (relname like 'audit_entries_%' or relname = 'audit_heads')"
        )
    };
    let mine = format!("set local app.tenant = '{id}';");
    let tries = [
        format!(
            "update tenants set delete_asked_at = now(), delete_after = now() - interval '1 second' where id = '{id}'"
        ),
        format!("update tenants set id = gen_random_uuid() where id = '{id}'"),
        format!(
            "insert into tenants (id, slug, name, tier_id, created_at, delete_asked_at, delete_after) \
                 select '{NIL}', 'nil', 'nil', tier_id, now(), now(), now() from tenants limit 1"
        ),
        format!(
            "insert into tenants (id, slug, name, tier_id, created_at) select '{NIL}', 'nil', 'nil', tier_id, now() from tenants limit 1"
        ),
        format!("delete from tenants where id = '{id}'"),
        erase(&id.to_string()),
        erase(&leaving.to_string()),
        erase(NIL),
        format!(
            "set local app.platform = 'on'; set local app.upkeep = 'on'; set local app.backup = 'on'; {}",
            erase(&id.to_string())
        ),
        format!("{mine} select stoa_erase_tenant('{id}')"),
        format!("set local app.tenant = '{leaving}'; select stoa_erase_tenant('{leaving}')"),
        format!(
            "{mine} select stoa_ask_deletion('{id}', now() - interval '1 year', 'x', 13, 'x'); {}",
            erase(&id.to_string())
        ),
        format!("{mine} select stoa_ask_deletion('{id}', now() - interval '1 year', 'x', -400, 'x')"),
        format!("{mine} select stoa_ask_deletion('{id}', now() - interval '1 year', 'x', null, 'x')"),
        // As long as the rule asks for, but asked for a year ago by a clock of its own.
        format!(
            "{mine} select stoa_ask_deletion('{id}', now() - interval '1 year', 'x', 14, 'x'); {}",
            erase(&id.to_string())
        ),
        format!("{mine} select stoa_ask_deletion('{id}', now(), 'x', 14, 'x'); select stoa_hasten_deletion('{id}', 0)"),
        format!(
            "set local app.tenant = '{NIL}'; select stoa_ask_deletion('{NIL}', now(), 'x', 14, 'x'); {}",
            erase(NIL)
        ),
        format!("{mine} select stoa_seal_audit('{id}')"),
        "update deletion_rule set least_days = 0".to_owned(),
        "delete from deletion_rule".to_owned(),
        format!(
            "insert into deletion_requests (tenant, slug, asked_at, days, actor) values ('{id}', 'x', now() - interval '1 day', 0, 'x')"
        ),
        format!("{mine} update deletion_requests set asked_at = now() - interval '1 year'"),
        format!("{mine} delete from deletion_requests"),
        format!("{mine} delete from audit_anchors"),
        format!("{mine} update audit_anchors set seq = 0"),
        format!("insert into audit_anchors (chain, seq, hash) values ('{id}', 99, sha256('x'))"),
        format!(
            "insert into audit_seals (chain, slug, seq, hash, asked_at, due_at, actor) values ('{id}', 'x', 1, sha256('x'), now(), now(), 'x')"
        ),
        format!("{mine} delete from audit_seals"),
        format!("{mine} delete from audit_heads"),
        format!("{mine} update audit_heads set seq = 1"),
        format!("{mine} insert into audit_heads (tenant_id) values (gen_random_uuid())"),
        format!("{mine} delete from audit_entries"),
        "truncate audit_entries".to_owned(),
        "truncate audit_anchors".to_owned(),
        "drop table audit_anchors".to_owned(),
        "alter table audit_entries detach partition audit_entries_default".to_owned(),
        "select stoa_open_upkeep(true)".to_owned(),
        format!("{mine} select stoa_drop_archived('2026-01-01', now())"),
        "set session_replication_role = replica".to_owned(),
        "set role none; set local row_security = off; delete from audit_entries".to_owned(),
        "create function public.stoa_tenant_of() returns uuid language sql as 'select null::uuid'".to_owned(),
        "create table public.audit_entries_2030m01 (a int)".to_owned(),
    ];
    let mut app = PgConnection::connect(&db.url).await.unwrap();
    for sql in tries {
        let done = run(&mut app, &format!("begin; set local role stoa_app; {sql}; commit")).await;
        let code = done.expect_err(&sql).as_database_error().and_then(|e| e.code().map(|code| code.into_owned()));
        assert!(matches!(code.as_deref(), Some("42501" | "22023" | "23514" | "55000" | "42883")), "{sql}: {code:?}");
        run(&mut app, "rollback").await.unwrap();
    }
    // What it may do begins no chain without an entry, which would look like one that was taken away.
    let nobody = "11111111-1111-4111-8111-111111111111";
    let empty = format!(
        "begin; set local role stoa_app; set local app.tenant = '{nobody}'; \
        select stoa_audit_append('{nobody}', now(), 'x', 'page', null, null, '[]'), stoa_audit_anchor('{nobody}'); commit"
    );
    run(&mut app, &empty).await.unwrap();
    assert_eq!(broken(&db).await, Vec::<String>::new());
    assert_eq!(audit::verify(&scope(&db, id)).await.unwrap().sound, 4, "everything is there");
    let days: Vec<Option<i32>> =
        sqlx::query_scalar("select days from deletion_requests").fetch_all(&mut owner).await.unwrap();
    assert_eq!(days, [Some(14)], "what was refused asked for nothing");
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a list of tries against one state")]
async fn what_is_taken_away_is_found_whoever_did_it() {
    let db = TestDb::new().await;
    let ours = testing::tenant(&db.db, "ours").await.tenant();
    testing::tenant(&db.db, "theirs").await;
    note(&db, ours, 104).await;
    for chain in audit::chains(&Platform::command(db.db.clone())).await.unwrap() {
        audit::anchor(&scope(&db, chain.tenant())).await.unwrap();
    }
    note(&db, ours, 2).await;
    assert_eq!(broken(&db).await, Vec::<String>::new());
    let mut owner = owner(&db).await;
    db.tear_down_walls().await;
    let gone = |tenant: &str| {
        format!(
            "delete from audit_entries where tenant_id = '{tenant}'; delete from audit_heads where tenant_id = '{tenant}';"
        )
    };
    let id = ours.to_string();
    let nil_head = "select seq from audit_heads where tenant_id = '00000000-0000-0000-0000-000000000000'";
    let nil: i64 = sqlx::query_scalar(nil_head).fetch_one(&mut owner).await.unwrap();
    assert!(nil > 0, "the installation has a record");
    let set_back = |seq: i64| {
        format!(
            "update audit_heads h set seq = {seq}, hash = (select e.hash from audit_entries e where e.tenant_id = h.tenant_id and e.seq = {seq}) \
                 where tenant_id = '{id}';"
        )
    };
    let cases = [
        (gone(&id), "ours: 1 is missing"),
        (gone(NIL), "-: 1 is missing"),
        (
            format!("{} delete from audit_anchors where chain = '{id}'", gone(&id)),
            "ours: 1 has no anchor: an entry is missing",
        ),
        (
            format!("{} delete from audit_anchors where chain = '{NIL}'", gone(NIL)),
            "-: 1 has no anchor: an entry is missing",
        ),
        (format!("{} delete from tenants where id = '{id}'", gone(&id)), "?: 1 is missing"),
        (format!("delete from audit_heads where tenant_id = '{id}'"), "ours: 107 has lost its end"),
        (format!("delete from audit_entries where tenant_id = '{id}' and seq = 50"), "ours: 50 is missing"),
        (format!("delete from audit_entries where tenant_id = '{id}' and seq > 106"), "ours: 107 is missing"),
        // The end is cut off, and the head set back to match.
        (
            format!("{} delete from audit_entries where tenant_id = '{id}' and seq > 99", set_back(99)),
            "ours: 100 is missing",
        ),
        (set_back(106), "ours: 107 comes after the recorded end"),
        (
            format!(
                "insert into audit_seals (chain, slug, seq, hash, began_at, sealed_at, asked_at, due_at, actor) \
                     values ('{id}', 'ours', 1, sha256('x'), now(), now(), now(), now(), 'x'); {} delete from tenants where id = '{id}'",
                gone(&id)
            ),
            "ours: 1 was deleted too early",
        ),
        // Made anew from its beginning, by the function that is honest.
        (
            format!(
                "{} set app.tenant = '{id}'; select stoa_audit_append('{id}', now(), 'x', 'page', null, null, \
                     (select jsonb_agg(jsonb_build_object('id', gen_random_uuid(), 'action', 'a', 'subject', 's')) from generate_series(1, 107)))",
                gone(&id)
            ),
            "ours: 1 differs from its anchor",
        ),
    ];
    const TABLES: [&str; 5] = ["tenants", "audit_entries", "audit_heads", "audit_anchors", "audit_seals"];
    for (sql, expected) in cases {
        // What a transaction does is seen by others only once committed: everything is put back by hand.
        for table in TABLES {
            run(
                &mut owner,
                &format!("drop table if exists kept_{table}; create temp table kept_{table} as select * from {table}"),
            )
            .await
            .unwrap();
        }
        run(&mut owner, &sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        assert_eq!(broken(&db).await, [expected], "{sql}");
        for table in TABLES.into_iter().rev() {
            run(&mut owner, &format!("delete from {table}")).await.unwrap();
        }
        for table in TABLES {
            run(&mut owner, &format!("insert into {table} select * from kept_{table}")).await.unwrap();
        }
        assert_eq!(broken(&db).await, Vec::<String>::new());
    }
    let platform = Platform::command(db.db.clone());
    assert_eq!(audit::torn(&platform).await.unwrap(), 0);
    run(&mut owner, &gone(&id)).await.unwrap();
    assert_eq!(audit::torn(&platform).await.unwrap(), 1, "seen without a walk");
}

#[tokio::test]
async fn an_earlier_end_is_found_again_in_a_chain_that_went_on() {
    let db = TestDb::new().await;
    let ours = testing::tenant(&db.db, "ours").await.tenant();
    let kept = audit::verify(&scope(&db, ours)).await.unwrap();
    note(&db, ours, 2).await;
    assert!(audit::continues(&scope(&db, ours), kept.sound, &kept.head).await.unwrap());
    let other = "00".repeat(32);
    assert!(!audit::continues(&scope(&db, ours), kept.sound, &other).await.unwrap());
    assert!(!audit::continues(&scope(&db, ours), 9, &kept.head).await.unwrap(), "a copy of before");
}

#[tokio::test]
async fn an_erased_tenant_leaves_its_sealed_end() {
    let db = TestDb::new().await;
    let ours = testing::tenant(&db.db, "ours").await.tenant();
    testing::tenant(&db.db, "theirs").await;
    note(&db, ours, 3).await;
    let platform = Platform::command(db.db.clone());
    platform.leave("ours", "they moved away", 0).await.unwrap();
    let before = audit::verify(&scope(&db, ours)).await.unwrap();
    // It dies after the first rows are gone, and begins anew.
    let mut app = PgConnection::connect(&db.url).await.unwrap();
    let half = format!(
        "begin; set local role stoa_app; set local app.tenant = '{ours}'; \
         select stoa_erase('{ours}', relname, 2) from pg_class where relname like 'audit\\_entries\\_%' and relkind = 'r'; commit"
    );
    run(&mut app, &half).await.unwrap();
    assert_eq!(broken(&db).await, Vec::<String>::new(), "while it is being erased");
    assert_eq!(audit::torn(&platform).await.unwrap(), 0);
    platform.erase(ours, "ours", &[]).await.unwrap();
    assert_eq!(broken(&db).await, Vec::<String>::new());
    let walk = audit::verify(&scope(&db, ours)).await.unwrap();
    let seal = walk.seal.clone().unwrap();
    assert_eq!((walk.sound, &walk.head), (before.sound, &before.head));
    assert_eq!(
        (seal.slug.as_str(), seal.actor.as_str(), seal.reason.as_deref()),
        ("ours", "command", Some("they moved away"))
    );
    assert!(seal.sealed_at.is_some() && seal.was_due);
    assert!(audit::continues(&scope(&db, ours), 2, &before.head).await.unwrap(), "accepted up to the seal");
    let late = audit::record(&scope(&db, ours), "test.note", "x", json!({})).await.unwrap_err();
    assert_eq!(late.sql_state().as_deref(), Some("42501"), "nothing begins it again");
    let mut owner = owner(&db).await;
    run(&mut owner, "delete from audit_seals").await.unwrap();
    assert_eq!(broken(&db).await, ["?: 1 has no anchor: an entry is missing"], "the seal is missed");
}

#[tokio::test]
async fn only_its_owner_shortens_the_wait() {
    let db = TestDb::new().await;
    testing::tenant(&db.db, "ours").await;
    db::platform::keep_fewest_days(&db.owner_url, 30).await.unwrap();
    let platform = Platform::command(db.db.clone());
    assert_eq!(platform.fewest_days().await.unwrap(), 30);
    assert!(platform.leave("ours", "moved", 14).await.unwrap_err().to_string().contains("30 days"));
    let tenant = platform.tenant("ours").await.unwrap().id;
    platform.leave("ours", "moved", 30).await.unwrap();
    assert!(platform.erase(tenant, "ours", &[]).await.is_err());
    assert!(db::platform::hasten(&db.url, tenant, 0).await.is_err(), "the app's login may not");
    db::platform::hasten(&db.owner_url, tenant, 0).await.unwrap().unwrap();
    assert!(platform.stay("ours").await.unwrap() && platform.erase(tenant, "ours", &[]).await.is_err(), "taken back");
    platform.leave("ours", "moved", 30).await.unwrap();
    assert!(platform.erase(tenant, "ours", &[]).await.is_err(), "an earlier request counts no more");
    db::platform::hasten(&db.owner_url, tenant, 0).await.unwrap().unwrap();
    platform.erase(tenant, "ours", &[]).await.unwrap();
}

/// Whatever runs with the owner's rights is called by the app alone, and looks names up where the app cannot put any.
#[tokio::test]
async fn functions_with_the_owners_rights_cannot_be_led_astray() {
    let db = TestDb::new().await;
    let mut owner = owner(&db).await;
    let sql = "select p.proname::text, coalesce(array_to_string(p.proconfig, ' '), ''), has_function_privilege('public', p.oid, 'execute') \
               from pg_proc p where p.prosecdef and p.pronamespace = 'public'::regnamespace order by 1";
    let found: Vec<(String, String, bool)> = sqlx::query_as(sql).fetch_all(&mut owner).await.unwrap();
    assert!(found.len() > 10, "{found:?}");
    for (name, settings, is_public) in &found {
        assert!(settings.contains("search_path=pg_catalog, public, pg_temp"), "{name}: {settings}");
        assert!(!is_public, "{name} is for everybody");
    }
    let sql = "select c.relname::text || ' ' || p.privilege_type from pg_class c, \
               lateral (select * from aclexplode(c.relacl)) p join pg_roles r on r.oid = p.grantee \
               where c.relnamespace = 'public'::regnamespace and r.rolname = 'stoa_app' \
                 and (c.relname like 'audit%' or c.relname like 'deletion%') and p.privilege_type <> 'SELECT'";
    let writable: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut owner).await.unwrap();
    assert_eq!(writable, Vec::<String>::new());
}

#[tokio::test]
async fn records_of_before_are_anchored_where_they_stood() {
    let steps = Migrator::migrations().iter().position(|m| m.name().ends_with("_000701_anchor_audit")).unwrap();
    let db = TestDb::begun(u32::try_from(steps).unwrap()).await;
    let ours = testing::tenant(&db.db, "ours").await.tenant();
    let theirs = testing::tenant(&db.db, "theirs").await.tenant();
    note(&db, ours, 5).await;
    let mut owner = owner(&db).await;
    let leaving = "update tenants set delete_asked_at = now() - interval '15 days', delete_after = now() - interval '1 day', \
                   suspended_at = now(), suspended_for = 'moved' where slug = 'theirs'; \
                   insert into tenants (id, slug, name, tier_id, created_at) select gen_random_uuid(), 'silent', 'Silent', tier_id, now() from tenants limit 1";
    run(&mut owner, leaving).await.unwrap();
    db.migrate().await;
    assert_eq!(broken(&db).await, Vec::<String>::new(), "one of which nothing was ever recorded among them");
    note(&db, ours, 1).await;
    let walk = audit::verify(&scope(&db, ours)).await.unwrap();
    assert_eq!((walk.sound, walk.broken), (7, None));
    let mut walled = PgConnection::connect(&db.owner_url).await.unwrap();
    db.tear_down_walls().await;
    let cut = format!(
        "delete from audit_entries where tenant_id = '{ours}' and seq > 4; update audit_heads h set seq = 4, \
         hash = (select hash from audit_entries e where e.tenant_id = h.tenant_id and e.seq = 4) where tenant_id = '{ours}'"
    );
    run(&mut walled, &cut).await.unwrap();
    assert_eq!(broken(&db).await, ["ours: 5 is missing"], "what stood there on the day of the migration is anchored");
    // Who was leaving then still is, for as long as was said.
    Platform::command(db.db.clone()).erase(theirs, "theirs", &[]).await.unwrap();
    assert!(audit::verify(&scope(&db, theirs)).await.unwrap().seal.unwrap().was_due);
}
