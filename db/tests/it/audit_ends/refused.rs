//! What the app's role tries in vain.

use db::audit;
use db::platform::Platform;
use db::testing::{self, TestDb};
use sqlx::{Connection, PgConnection};

use super::{NIL, broken, note, owner, run, scope};

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
