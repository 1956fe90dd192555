//! What somebody with all rights takes away.

use db::audit;
use db::platform::Platform;
use db::testing::{self, TestDb};

use super::{NIL, broken, note, owner, run, scope};

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a list of tries against one state")]
async fn missing_entries_are_found_even_when_the_owner_removed_them() {
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
