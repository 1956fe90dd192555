//! Where records end: the app's role takes nothing away, what anybody takes away is found, and what was erased rightly
//! leaves its sealed end.

mod refused;
mod taken;

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
