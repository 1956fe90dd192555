//! One tenant brought back, and the whole.

use db::orders::list;
use domain::backups::{Kind, Status};
use domain::orders::OrderQuery;
use domain::permission::Permission;
use jobs::backups::{TenantRestore, full_plan, restore_full, sweep};
use sqlx::{Connection, Executor, PgConnection};
use tokio_util::sync::CancellationToken;

use crate::backup_setup::World;

async fn orders(world: &World, access: &db::Access) -> usize {
    let _ = world;
    let scope = access.scope(Permission::ReadOrders).unwrap();
    list::list(&scope, &OrderQuery::default()).await.unwrap().rows.len()
}

/// Ours after a mishap: an order too many, one changed, one lost.
async fn mishap(world: &World) {
    world.order(&world.ours, 6..=6).await;
    world.order(&world.theirs, 6..=9).await;
    let mut owner = Owner::within(world).await;
    owner.0.execute("update orders set note = 'changed' where number = '2'").await.unwrap();
    owner
        .0
        .execute("delete from order_items where order_id = (select id from orders where number = '3')")
        .await
        .unwrap();
    owner.0.execute("delete from orders where number = '3'").await.unwrap();
}

struct Owner(PgConnection);

impl Owner {
    async fn within(world: &World) -> Self {
        let mut conn = PgConnection::connect(&world.test.owner_url).await.unwrap();
        let tenant = world.ours.tenant().to_string();
        sqlx::query("select set_config('app.tenant', $1, false)").bind(tenant).execute(&mut conn).await.unwrap();
        Self(conn)
    }
}

#[tokio::test]
async fn one_tenant_is_restored_and_all_others_stay_byte_equal() {
    let world = World::new().await;
    let (made, _) = world.make(Kind::Database).await.unwrap();
    let saved: i64 = made.rows;
    mishap(&world).await;
    let others = world.rows_of_others(&world.ours).await;
    let head = db::feed::head(&world.scope().begin().await.unwrap()).await.unwrap();

    let mut restore = TenantRestore::begin(&world.backups, &world.scope(), made.id).await.unwrap();
    let plan = restore.plan().await.unwrap();
    let orders_now = plan.differences.iter().find(|d| d.table == "orders").unwrap();
    assert_eq!((orders_now.only_backup, orders_now.only_now, orders_now.different, orders_now.equal), (1, 1, 1, 3));
    let (before, changed) = restore.apply(&[], &CancellationToken::new()).await.unwrap();
    assert!(changed > 3);
    let row = world.row(Kind::Database, before.id).await;
    assert_eq!((row.trigger, row.status), (domain::backups::Trigger::BeforeRestore, Status::Stored));

    assert_eq!(orders(&world, &world.ours).await, 5);
    assert_eq!(world.rows_of_others(&world.ours).await, others, "every other tenant is byte-equal");
    assert!(db::rollups::verify(&world.scope()).await.unwrap().is_empty(), "figures and orders agree");
    assert!(db::feed::head(&world.scope().begin().await.unwrap()).await.unwrap() > head, "the feed goes on");
    // A second look finds the same as was saved.
    let mut again = TenantRestore::begin(&world.backups, &world.scope(), made.id).await.unwrap();
    for d in again.plan().await.unwrap().differences.iter().filter(|d| !d.kept) {
        assert_eq!((d.only_backup, d.only_now, d.different), (0, 0, 0), "{}", d.table);
    }
    again.cancel().await.unwrap();
    assert!(saved > 0);
    let mut owner = PgConnection::connect(&world.test.owner_url).await.unwrap();
    let left: i64 = sqlx::query_scalar("select count(*) from pg_namespace where nspname like 'stoa_quar%'")
        .fetch_one(&mut owner)
        .await
        .unwrap();
    assert_eq!(left, 0, "nothing stays in quarantine");
}

#[tokio::test]
async fn chosen_tables_are_restored_and_others_left_alone() {
    let world = World::new().await;
    let (made, _) = world.make(Kind::Database).await.unwrap();
    mishap(&world).await;
    let chosen = ["orders".to_owned(), "order_items".to_owned()];
    let restore = TenantRestore::begin(&world.backups, &world.scope(), made.id).await.unwrap();
    restore.apply(&chosen, &CancellationToken::new()).await.unwrap();
    assert_eq!(orders(&world, &world.ours).await, 5);
    let mut again = TenantRestore::begin(&world.backups, &world.scope(), made.id).await.unwrap();
    let plan = again.plan().await.unwrap();
    let refs = plan.differences.iter().find(|d| d.table == "order_refs").unwrap();
    assert_eq!(refs.only_now, 1, "what was not chosen is as it was");
    let wrong = again.apply(&["stores".to_owned(), "nonsense".to_owned()], &CancellationToken::new()).await;
    assert!(wrong.unwrap_err().to_string().contains("nonsense"));
    assert!(db::rollups::verify(&world.scope()).await.unwrap().is_empty(), "the figures follow");
}

#[tokio::test]
async fn rows_that_others_still_need_are_not_taken_away() {
    let world = World::new().await;
    let (made, _) = world.make(Kind::Database).await.unwrap();
    db::testing::store(&world.ours, "south", "Europe/London", "GBP").await;
    db::testing::store(&world.ours, "west", "Europe/London", "GBP").await;
    let mut owner = Owner::within(&world).await;
    owner.0.execute("update customers set store_id = store_id").await.unwrap();
    let sql = "insert into products (tenant_id, id, store_id, title, created_at) select tenant_id, gen_random_uuid(), id, 'x', now() from stores where slug = 'south'";
    owner.0.execute(sql).await.unwrap();
    let restore = TenantRestore::begin(&world.backups, &world.scope(), made.id).await.unwrap();
    let refused = restore.apply(&["stores".to_owned()], &CancellationToken::new()).await.unwrap_err().to_string();
    assert!(refused.contains("stores") && refused.contains("together"), "{refused}");
    let stores: i64 = sqlx::query_scalar("select count(*) from stores").fetch_one(&mut owner.0).await.unwrap();
    assert_eq!(stores, 3, "nothing was changed");
}

#[tokio::test]
async fn the_whole_is_restored_in_the_place_of_the_present_one() {
    let world = World::new().await;
    let (made, _) = world.make(Kind::Full).await.unwrap();
    mishap(&world).await;
    let (later, _) = world.make(Kind::Database).await.unwrap();
    let plan = full_plan(&world.backups, made.id).await.unwrap();
    assert_eq!(plan.database, world.test.name);
    restore_full(&world.backups, &plan).await.unwrap();
    let db = world.test.another(None).await;
    let backups = jobs::backups::Backups { db: db.clone(), ..world.backups.clone() };
    let platform = db::platform::Platform::command(db.clone());
    for slug in ["ours", "theirs"] {
        let access = platform.enter(slug).await.unwrap();
        assert_eq!(orders(&world, &access).await, 5, "{slug} is as it was");
        assert!(db::rollups::verify(&access.scope(Permission::ReadOrders).unwrap()).await.unwrap().is_empty());
    }
    // The backups that were made since are still known, and tidying takes none of them.
    sweep(&backups).await.unwrap();
    let place = db::backups::Place::for_job(&db, world.ours.tenant()).unwrap();
    assert_eq!(db::backups::show(&place, later.id).await.unwrap().status, Status::Verified);
    assert!(!world.objects(later.id).is_empty() && !world.objects(made.id).is_empty());
    db.check().await.unwrap();
    let mut owner = PgConnection::connect(&world.test.owner_url).await.unwrap();
    owner.execute(sqlx::AssertSqlSafe(format!("drop database {} with (force)", plan.kept_as))).await.unwrap();
}
