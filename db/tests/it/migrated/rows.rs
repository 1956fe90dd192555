//! Rows that one migration changes: numbers, titles, accounts and stored answers.

use db::Access;
use db::testing::TestDb;
use domain::permission::Permission;
use sqlx::{Connection, Executor};

use super::owner;

#[tokio::test]
async fn numbers_and_titles_of_before_are_found_and_called_as_today() {
    let old = TestDb::before("m20261130_000301_key_numbers").await;
    let mut before = owner(&old.owner_url).await;
    let (tenant, store) = (uuid::Uuid::from_u128(1), uuid::Uuid::from_u128(2));
    let set = format!("set app.tenant = '{tenant}'");
    before.execute(sqlx::AssertSqlSafe(set)).await.unwrap();
    for sql in [
        "insert into tiers (id, slug, name, created_at) values ($2, 'old', 'Old', now())",
        "insert into tenants (id, slug, name, tier_id, created_at) values ($1, 'old', 'Old', $2, now())",
        "insert into stores (tenant_id, id, slug, name, time_zone, currency, week_start, created_at) \
         values ($1, $2, 'north', 'North', 'UTC', 'GBP', 1, now())",
        "insert into order_refs (tenant_id, store_id, number, order_id, placed_at, fingerprint) \
         select $1, $2, n, gen_random_uuid(), '2026-08-15', '' from unnest(array['#1001', 'No. 1002', '0012', 'SHOP-7', '1003']) n",
        "insert into products (tenant_id, id, store_id, title, created_at) values ($1, $2, $2, 'Old', now())",
        "insert into variants (tenant_id, id, product_id, store_id, sku, title, created_at) values ($1, $2, $2, $2, 'REN', 'Old', now())",
        "insert into order_items (tenant_id, placed_at, order_id, position, store_id, variant_id, sku, title, kind, quantity, unit_price, amount) \
         select $1, at::timestamptz, gen_random_uuid(), 1, $2, $2, 'REN', title, 'product', 1, 1, 1 \
         from (values ('2026-08-15', 'Old'), ('2026-11-02', 'New'), ('2026-11-01', 'Between')) l (at, title)",
    ] {
        for day in ["2026-08-15", "2026-11-01"] {
            sqlx::query("select stoa_ensure_quarter($1::text::date)").bind(day).execute(&mut before).await.unwrap();
        }
        let sql = format!("with bound as (select $1::uuid, $2::uuid) {sql}");
        sqlx::query(sqlx::AssertSqlSafe(sql)).bind(tenant).bind(store).execute(&mut before).await.unwrap();
    }
    assert!(old.migrate().await >= 2);
    let found: Vec<(String, String, Option<String>)> =
        sqlx::query_as("select number, number_key, tail_key from order_refs order by number collate \"C\"")
            .fetch_all(&mut before)
            .await
            .unwrap();
    let found: Vec<(&str, &str, Option<&str>)> =
        found.iter().map(|(number, key, tail)| (number.as_str(), key.as_str(), tail.as_deref())).collect();
    assert_eq!(
        found,
        [
            ("#1001", "1001", Some("1001")),
            ("0012", "0012", Some("12")),
            ("1003", "1003", None),
            ("No. 1002", "1002", Some("1002")),
            ("SHOP-7", "shop-7", Some("7")),
        ]
    );
    let titles: (String, String, bool) = sqlx::query_as(
        "select v.title, p.title, v.titled_at = '2026-11-02' from variants v join products p on p.tenant_id = v.tenant_id and p.id = v.product_id",
    )
    .fetch_one(&mut before)
    .await
    .unwrap();
    assert_eq!(titles, ("New".into(), "New".into(), true));
}

#[tokio::test]
async fn accounts_and_answers_of_an_older_version_are_kept() {
    let old = TestDb::before("m20261130_000501_keep_replays_within_reach").await;
    let mut before = owner(&old.owner_url).await;
    let tenant = "11111111-1111-1111-1111-111111111111";
    for sql in [
        "insert into tiers (id, slug, name, created_at) values (gen_random_uuid(), 'old', 'Old', now())",
        "insert into tenants (id, slug, name, tier_id, created_at) select $1, 'ours', 'Ours', id, now() from tiers where slug = 'old'",
        "insert into users (id, email, password_hash, created_at) \
         select gen_random_uuid(), e, '', now() + n * interval '1 second' \
         from unnest(array['Ana@Shop.test', 'bob@shop.test', 'bob@shop.test.', 'İris@shop.test']) with ordinality u (e, n)",
        "select set_config('app.tenant', $1, false)",
        "insert into memberships (tenant_id, user_id, role, created_at) select $1, id, 'owner', now() from users",
        "insert into invitations (tenant_id, id, email, role, token_hash, invited_by, created_at, sent_at, expires_at) \
         values ($1, gen_random_uuid(), 'Guest@Shop.test', 'viewer', 'x', 'command', now(), now(), now() + interval '1 day')",
        "insert into idempotency_keys (tenant_id, key, request_hash, status, body, created_at) values ($1, 'k', 'hash', 201, 'made', now())",
        "insert into second_factors (user_id, secret, created_at) select id, 'x', now() from users where email like 'Ana%'",
        "insert into second_factors (user_id, secret, created_at, confirmed_at) select id, 'x', now(), now() from users where email = 'bob@shop.test'",
    ] {
        before.execute(sqlx::AssertSqlSafe(sql.replace("$1", &format!("'{tenant}'")))).await.unwrap();
    }
    before.close().await.unwrap();
    assert!(old.migrate().await >= 3);
    assert_eq!(
        db::people::email_keys::mend(&old.db).await.unwrap(),
        ["bob@shop.test."],
        "told apart from the older one"
    );
    let find = async |email: &str| db::people::find(&old.db, email).await.unwrap();
    for email in ["ana@shop.test", "BOB@shop.test.", "iris@shop.test"] {
        let id = find(email).await.unwrap_or_else(|| panic!("{email} is not found"));
        let person = db::people::person(&old.db, id).await.unwrap().unwrap();
        assert!(person.is_proven, "{email}");
        assert_eq!(person.has_second_factor, email.starts_with("BOB"), "only what was confirmed counts");
        assert_eq!(db::people::memberships(&old.db, id).await.unwrap().len(), 1, "{email}");
    }
    let access = Access::command(old.db.clone(), tenant.parse().unwrap());
    assert!(db::team::is_invited(&old.db, access.tenant(), "GUEST@shop.test").await.unwrap());
    let tx = access.scope(Permission::WriteOrders).unwrap().begin().await.unwrap();
    let claim = db::idempotency::claim(&tx, "k", b"hash").await.unwrap();
    assert!(
        matches!(claim, db::idempotency::Claim::Replay(_)),
        "whoever reaches all stores is answered as before: {claim:?}"
    );
    tx.end();
}
