//! What a tier allows: kept where things are made, counted with them, and never in the way of what is there.

use chrono::TimeDelta;
use db::limits::{self, Usage};
use db::platform::{NewTier, Platform};
use db::stores::{self, NewStore};
use db::testing::{self, TestDb};
use db::webhooks::NewWebhook;
use db::{Access, Clock, DataError, Scope, people};
use domain::limits::{Feature, Level, Limit, Terms};
use domain::permission::{KeyScope, Permission, Role};

pub async fn on_tier(db: &TestDb, tenant: &str, slug: &str, limits: &[(Limit, i64)]) -> Platform {
    let platform = Platform::command(db.db.clone());
    let mut terms = Terms::default();
    for (limit, value) in limits {
        terms.set(*limit, Some(*value)).unwrap();
    }
    platform.create_tier(&NewTier { slug: slug.into(), name: slug.to_uppercase(), terms }).await.unwrap();
    assert!(platform.put_on_tier(tenant, slug).await.unwrap());
    platform
}

fn store(slug: &str) -> NewStore<'_> {
    NewStore { slug, name: "A store", time_zone: "Europe/London", currency: "GBP" }
}

pub fn scope(access: &Access) -> Scope {
    access.scope(Permission::ManageStores).unwrap()
}

pub async fn of(scope: &Scope, limit: Limit) -> Usage {
    limits::usage(scope).await.unwrap().into_iter().find(|u| u.limit == limit).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_want_the_last_one_exactly_one_gets_it() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "ours").await;
    stores::create(&scope(&access), store("first")).await.unwrap();
    let mut persons = Vec::new();
    let owner = db.owner(access.tenant()).await;
    for n in 0..65 {
        let sql = "insert into users (id, email, email_key, password_hash, created_at) values ($1, $2, $2, '', now())";
        let id: uuid::Uuid = db.db.clock().id();
        sqlx::query(sql).bind(id).bind(format!("p{n}@ours.test")).execute(&owner).await.unwrap();
        persons.push(domain::ids::UserId(id));
    }
    people::set_role(&access, persons[64], Role::Owner).await.unwrap();
    db::api_keys::create(&scope(&access), &[KeyScope::OrdersRead], None).await.unwrap();
    let webhook = NewWebhook { url: "https://receiver.test".into(), ..NewWebhook::default() };
    db::webhooks::create(&scope(&access), &crate::webhooks::sealer(), &webhook).await.unwrap();
    let limits = [Limit::Stores, Limit::Members, Limit::ApiKeys, Limit::Webhooks];
    on_tier(&db, "ours", "two", &limits.map(|limit| (limit, 2))).await;

    for limit in limits {
        let tasks: Vec<_> = (0..64)
            .map(|n| {
                let (access, person, webhook) = (access.clone(), persons[n], webhook.clone());
                tokio::spawn(async move {
                    match limit {
                        Limit::Stores => stores::create(&scope(&access), store(&format!("s{n}"))).await.map(drop),
                        Limit::Members => people::set_role(&access, person, Role::Staff).await,
                        Limit::Webhooks => {
                            db::webhooks::create(&scope(&access), &crate::webhooks::sealer(), &webhook).await.map(drop)
                        }
                        _ => db::api_keys::create(&scope(&access), &KeyScope::ALL, None).await.map(drop),
                    }
                })
            })
            .collect();
        let mut made = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(()) => made += 1,
                Err(DataError::AtLimit(reached)) => {
                    assert_eq!((reached.limit, reached.allowed, reached.used), (limit, 2, 2));
                    assert!(reached.to_string().starts_with("Your plan TWO allows 2 "), "{reached}");
                }
                Err(error) => panic!("{limit}: {error}"),
            }
        }
        let usage = of(&scope(&access), limit).await;
        assert_eq!((made, usage.used, usage.level()), (1, Some(2), Level::Full), "{limit}");
    }
    // A role that changes is no further member.
    let sql = "select user_id from memberships where role = 'staff'";
    let made: uuid::Uuid = sqlx::query_scalar(sql).fetch_one(&owner).await.unwrap();
    people::set_role(&access, domain::ids::UserId(made), Role::Manager).await.unwrap();
}

#[tokio::test]
async fn orders_above_the_limit_are_taken_in_and_flagged() {
    let now = "2026-11-11T00:00:00Z".parse().unwrap();
    let db = TestDb::with(Clock::fixed(now), None).await;
    let access = testing::tenant(&db.db, "ours").await;
    let store = testing::store(&access, "north", "Europe/London", "GBP").await;
    let platform = on_tier(&db, "ours", "ten", &[(Limit::OrdersPerMonth, 10), (Limit::Products, 1)]).await;
    let write = access.scope(Permission::CancelOrders).unwrap();
    let order = |n: usize, days: i64| testing::order(&store, &format!("{days}-{n}"), now - TimeDelta::days(days), 1);
    let many: Vec<_> = (0..7).map(|n| order(n, 5)).chain((0..40).map(|n| order(n, 15))).collect();
    let placed = testing::place_all(&write, &store, &many).await;
    let usage = of(&write, Limit::OrdersPerMonth).await;
    assert_eq!((usage.used, usage.allowed, usage.over_since), (Some(7), Some(10), None), "last month is another month");
    // Seven in ten days: the three that are left take a little more than four.
    assert_eq!(usage.forecast.unwrap().date_naive().to_string(), "2026-11-15");
    let db::orders::place::Placed::Stored(first) = placed[0] else { panic!("{placed:?}") };
    db::orders::cancel::cancel(&write, first, "").await.unwrap();
    testing::place_all(&write, &store, &[order(0, 5), order(7, 5)]).await;
    let usage = of(&write, Limit::OrdersPerMonth).await;
    assert_eq!((usage.used, usage.level()), (Some(8), Level::Near), "one was there, a cancelled one stays counted");
    assert_eq!(limits::warnings(&write).await.unwrap()[0], usage);

    testing::place_all(&write, &store, &[order(8, 5), order(9, 5), order(10, 5), order(11, 5)]).await;
    let usage = of(&write, Limit::OrdersPerMonth).await;
    assert_eq!((usage.used, usage.level(), usage.over_since), (Some(12), Level::Over, Some(now)));
    assert_eq!(usage.forecast, None);
    let figures = platform.figures(&[access.tenant()]).await.unwrap();
    let figures = &figures[&access.tenant()];
    assert_eq!((figures.orders, figures.over_since, figures.products, figures.stores), (12, Some(now), 1, 1));
    assert_eq!(figures.last_activity(), Some(now));

    let owner = db.owner(access.tenant()).await;
    let sql = "select (select sum(orders)::bigint from usage_months), (select count(*) from orders), (select products from usage_totals), \
               (select count(*) from products)";
    let (counted, orders, products, rows): (i64, i64, i64, i64) = sqlx::query_as(sql).fetch_one(&owner).await.unwrap();
    assert_eq!((counted, orders, products, rows), (52, 52, 1, 1));
    assert!(db::rollups::verify(&write).await.unwrap().is_empty());
}

#[tokio::test]
async fn products_above_the_limit_are_made_with_their_orders() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "ours").await;
    let store = testing::store(&access, "north", "Europe/London", "GBP").await;
    on_tier(&db, "ours", "one", &[(Limit::Products, 1)]).await;
    let write = access.scope(Permission::WriteOrders).unwrap();
    let now = db.db.clock().now();
    testing::place_all(&write, &store, &[testing::order(&store, "1", now, 1)]).await;
    let full = of(&write, Limit::Products).await;
    assert_eq!((full.used, full.level(), full.over_since), (Some(1), Level::Full, None));
    let body = serde_json::json!({"store": "north", "number": "2", "placed_at": now.to_rfc3339(), "currency": "GBP", "items": [
        {"sku": "CUP", "title": "Cup", "quantity": 1, "unit_price": 500}, {"sku": "POT", "title": "Pot", "quantity": 1, "unit_price": 900}]});
    let (_, order) = domain::orders::new_order::Draft::checked_from_json(&body, now).unwrap();
    testing::place_all(&write, &store, &[order]).await;
    let over = of(&write, Limit::Products).await;
    assert_eq!((over.used, over.level()), (Some(3), Level::Over));
    assert!(over.over_since.is_some());
}

#[tokio::test]
async fn after_a_smaller_tier_all_is_there_and_only_growth_stops() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "ours").await;
    let write = access.scope(Permission::WriteOrders).unwrap();
    let north = testing::store(&access, "north", "Europe/London", "GBP").await;
    testing::store(&access, "south", "Europe/London", "GBP").await;
    testing::place_all(&write, &north, &[testing::order(&north, "1", db.db.clock().now(), 1)]).await;
    let mut terms = Terms::default();
    terms.set(Limit::Stores, Some(1)).unwrap();
    let platform = Platform::command(db.db.clone());
    let effect = platform.effect("standard", &terms).await.unwrap();
    assert_eq!((effect.len(), effect[0].slug.as_str(), effect[0].above[0].used), (1, "ours", 2));
    let webhook = NewWebhook { url: "https://receiver.test".into(), ..NewWebhook::default() };
    db::webhooks::create(&scope(&access), &crate::webhooks::sealer(), &webhook).await.unwrap();
    on_tier(&db, "ours", "one", &[(Limit::Stores, 1), (Limit::Webhooks, 0)]).await;
    assert!(platform.effect("standard", &terms).await.unwrap().is_empty());

    let refused = stores::create(&scope(&access), store("west")).await.unwrap_err();
    assert!(matches!(refused, DataError::AtLimit(_)), "{refused}");
    assert_eq!(stores::known(&write).await.unwrap().len(), 2);
    let refused = db::webhooks::create(&scope(&access), &crate::webhooks::sealer(), &webhook).await.unwrap_err();
    assert!(matches!(refused, DataError::AtLimit(_)), "{refused}");
    testing::place_all(&write, &north, &[testing::order(&north, "2", db.db.clock().now(), 1)]).await;
    let seen = db::orders::list::list(&write, &domain::orders::OrderQuery::default()).await.unwrap().rows;
    assert_eq!(seen.len(), 2);
    assert_eq!(db::webhooks::dispatch(&scope(&access), 100, None).await.unwrap().made, 1, "the webhook is told of it");
    assert!(platform.put_on_tier("ours", "standard").await.unwrap());
    stores::create(&scope(&access), store("west")).await.unwrap();
}

#[tokio::test]
async fn plans_are_cached_and_follow_a_change() {
    let db = TestDb::new().await;
    let (ours, theirs) = (testing::tenant(&db.db, "ours").await, testing::tenant(&db.db, "theirs").await);
    let platform = on_tier(&db, "ours", "small", &[(Limit::BatchOrders, 10)]).await;
    let another = db.another(None).await;
    let allowed = async |db: &db::Db| limits::plan(db, ours.tenant()).await.unwrap().terms.allowed(Limit::BatchOrders);
    assert_eq!((allowed(&db.db).await, allowed(&another).await), (Some(10), Some(10)));
    assert_eq!(limits::plan(&another, theirs.tenant()).await.unwrap().slug, "standard");

    // A hundred looks at once ask PostgreSQL at most for the generation.
    let plan = limits::plan(&db.db, ours.tenant()).await.unwrap();
    for _ in 0..100 {
        assert!(std::sync::Arc::ptr_eq(&plan, &limits::plan(&db.db, ours.tenant()).await.unwrap()));
    }
    let mut changed = NewTier { slug: "small".into(), name: "Small".into(), terms: plan.terms.clone() };
    changed.terms.set(Limit::BatchOrders, Some(20)).unwrap();
    platform.change_tier(&changed).await.unwrap();
    assert_eq!(allowed(&db.db).await, Some(20), "at once where it was changed");
    testing::within_a_second("it is allowed everywhere else", async || allowed(&another).await == Some(20)).await;
}

#[tokio::test]
async fn tiers_are_checked_recorded_and_retired() {
    let db = TestDb::new().await;
    testing::tenant(&db.db, "ours").await;
    let platform = on_tier(&db, "ours", "small", &[]).await;
    let faults = |error: DataError| match error {
        DataError::Invalid(errors) => errors.0.into_iter().map(|e| e.field).collect::<Vec<_>>(),
        error => panic!("{error}"),
    };
    let new = |slug: &str, name: &str| NewTier { slug: slug.into(), name: name.into(), terms: Terms::default() };
    assert_eq!(faults(platform.create_tier(&new("small", "Again")).await.unwrap_err()), ["slug"]);
    assert_eq!(faults(platform.create_tier(&new("S", " ")).await.unwrap_err()), ["slug", "name"]);
    assert!(matches!(platform.change_tier(&new("none", "None")).await, Err(DataError::NotFound("tier"))));
    assert!(
        platform.retire_tier("standard", true).await.unwrap() && !platform.retire_tier("standard", true).await.unwrap()
    );
    assert_eq!(faults(platform.put_on_tier("ours", "standard").await.unwrap_err()), ["tier"]);
    assert_eq!(faults(platform.create_tenant("late", "Late", "standard").await.unwrap_err()), ["tier"]);
    let tiers = platform.tiers().await.unwrap();
    assert_eq!(tiers.iter().map(|t| (t.slug.as_str(), t.tenants)).collect::<Vec<_>>(), [("small", 1), ("standard", 0)]);
    assert!(platform.retire_tier("standard", false).await.unwrap());
    let owner = db.owner(domain::ids::TenantId(uuid::Uuid::nil())).await;
    let sql = "select action || ' ' || subject from audit_entries where actor = 'command' order by at, id";
    let recorded: Vec<String> = sqlx::query_scalar(sql).fetch_all(&owner).await.unwrap();
    assert_eq!(recorded, ["tier.create standard", "tier.create small", "tier.retire standard", "tier.offer standard"]);
}

#[tokio::test]
async fn what_a_tier_leaves_out_is_refused_in_words() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "ours").await;
    testing::store(&access, "north", "Europe/London", "GBP").await;
    let platform = Platform::command(db.db.clone());
    let mut tier = NewTier { slug: "bare".into(), name: "Bare".into(), terms: Terms::default() };
    tier.terms.offer(Feature::BackupsOnDemand, false);
    tier.terms.set(Limit::StorageBytes, Some(100)).unwrap();
    platform.create_tier(&tier).await.unwrap();
    platform.put_on_tier("ours", "bare").await.unwrap();
    let place = db::backups::Place::for_command(&db.db, access.tenant()).unwrap();
    let kinds = [domain::backups::Kind::Database];
    let refused = db::backups::ask(&place, &kinds, db::Actor::Command).await.unwrap_err();
    assert_eq!(refused.to_string(), "Your plan Bare does not include: on-demand backups.");
    let imports = access.scope(Permission::RunImports).unwrap();
    let north = stores::known(&imports).await.unwrap()[0].clone();
    let file = async |size: u64, hash: u8| crate::storage::file(&imports, &north, size, &hash.to_string()).await;
    file(60, 1).await.unwrap();
    let refused = file(60, 2).await.unwrap_err();
    assert!(matches!(&refused, DataError::AtLimit(r) if (r.limit, r.used) == (Limit::StorageBytes, 60)), "{refused}");
    file(60, 1).await.unwrap();
    file(40, 3).await.unwrap();
    tier.terms.offer(Feature::Imports, false);
    platform.change_tier(&tier).await.unwrap();
    assert!(matches!(file(1, 4).await, Err(DataError::Refused(_))));
}
