//! Lists load what belongs to their rows with them: as many statements for 20 rows as for 1. One function for each list.

use db::api_keys::{self, NewKey};
use db::outbox::NewMail;
use db::people;
use db::platform::Platform;
use db::team::{self, LinkDelivery, NewPlace};
use db::testing::{self, TestDb};
use db::webhooks::{self, Begun, NewWebhook, Reply};
use db::{Access, Scope};
use domain::audit::AuditQuery;
use domain::ids::UserId;
use domain::page::Limit;
use domain::permission::{KeyScope, Permission, Permissions, Role};
use domain::webhooks::{DeliveryQuery, Wanted};
use sqlx::PgPool;

use crate::webhooks::sealer;

struct World {
    db: TestDb,
    access: Access,
    superuser: PgPool,
}

impl World {
    async fn new() -> Self {
        let db = TestDb::new().await;
        let access = testing::tenant(&db.db, "ours").await;
        let superuser = db.owner(access.tenant()).await;
        Self { db, access, superuser }
    }

    fn scope(&self) -> Scope {
        self.access.scope(Permission::ManagePeople).unwrap()
    }

    async fn user(&self, n: usize) -> UserId {
        let (id, email): (UserId, _) = (self.db.db.clock().id(), format!("user{n}@ours.test"));
        let sql = "insert into users (id, email, email_key, email_proven_at, password_hash, created_at) values ($1, $2, $2, now(), '', now())";
        sqlx::query(sql).bind(id.0).bind(email).execute(&self.superuser).await.unwrap();
        id
    }

    // An owner of their own for each row.
    async fn maker(&self, n: usize) -> Scope {
        let id = self.user(n).await;
        people::set_role(&self.access, id, Role::Owner).await.unwrap();
        let membership = people::memberships(&self.db.db, id).await.unwrap().remove(0);
        people::access(&self.db.db, id, &membership).scope(Permission::ManagePeople).unwrap()
    }

    // What `list` costs with 1 row and with 20. `add` makes the rows of these numbers; `list` says how many it read.
    async fn costs(&self, add: impl AsyncFn(usize), list: impl AsyncFn() -> usize) -> [u64; 2] {
        let mut costs = [0; 2];
        for (cost, (numbers, rows)) in costs.iter_mut().zip([(0..1, 1), (1..20, 20)]) {
            for n in numbers {
                add(n).await;
            }
            let before = self.db.db.statements();
            assert_eq!(list().await, rows);
            *cost = self.db.db.statements() - before;
        }
        costs
    }
}

fn mail(to: &str) -> NewMail {
    let (recipient, subject) = (to.to_owned(), "s".to_owned());
    NewMail { key: to.to_owned(), kind: "test", recipient, subject, body: serde_json::json!({}) }
}

#[tokio::test]
async fn a_list_that_reads_its_rows_one_by_one_would_be_found() {
    let world = World::new().await;
    let scope = world.scope();
    let add = async |n: usize| drop(world.maker(n).await);
    let costs = world.costs(add, async || {
        let members = team::members(&scope).await.unwrap();
        for member in &members {
            team::member(&scope, member.id).await.unwrap();
        }
        members.len()
    });
    let [one, twenty] = costs.await;
    assert!(twenty > one + 18, "{one} and {twenty}");
}

#[tokio::test]
async fn members_with_their_roles() {
    let world = World::new().await;
    let scope = world.scope();
    let add = async |n: usize| {
        let id = world.user(n).await;
        people::set_role(&world.access, id, Role::Viewer).await.unwrap();
        let role =
            team::create_role(&scope, &format!("Role {n}"), Permission::ALL.into_iter().collect()).await.unwrap();
        let place = NewPlace { role: role.to_string(), stores: None };
        team::change(&scope, id, &place).await.unwrap();
    };
    let members = world.costs(&add, async || team::members(&scope).await.unwrap().len()).await;
    assert_eq!(members, [4, 4]);
    let last = team::members(&scope).await.unwrap().pop().unwrap();
    assert_eq!((last.email.as_str(), last.role.name()), ("user9@ours.test", "Role 9"));
}

#[tokio::test]
async fn roles_with_how_many_have_them() {
    let world = World::new().await;
    let scope = world.scope();
    let add = async |n: usize| {
        let permissions: Permissions = [Permission::ReadOrders].into_iter().collect();
        let role = team::create_role(&scope, &format!("Role {n:02}"), permissions).await.unwrap();
        let place = NewPlace { role: role.to_string(), stores: None };
        let email = format!("guest{n}@else.test");
        team::invite(&scope, &email, &place, LinkDelivery::Mailed, |_| mail(&email)).await.unwrap();
    };
    let roles = world.costs(add, async || team::roles(&scope).await.unwrap().iter().filter(|r| r.in_use == 1).count());
    assert_eq!(roles.await, [3, 3]);
}

#[tokio::test]
async fn invitations_with_their_senders() {
    let world = World::new().await;
    let scope = world.scope();
    let add = async |n: usize| {
        let place = NewPlace { role: "viewer".to_owned(), stores: None };
        let email = format!("guest{n}@else.test");
        let maker = world.maker(n).await;
        team::invite(&maker, &email, &place, LinkDelivery::Mailed, |_| mail(&email)).await.unwrap();
    };
    let list = async || team::invitations(&scope).await.unwrap().iter().filter(|i| i.has_sender).count();
    assert_eq!(world.costs(add, list).await, [3, 3]);
}

#[tokio::test]
async fn api_keys_with_stores_and_makers() {
    let world = World::new().await;
    let scope = world.scope();
    let store = testing::store(&world.access, "north", "Europe/London", "GBP").await;
    let add = async |n: usize| {
        let (name, scopes) = (format!("Key {n}"), vec![KeyScope::OrdersRead]);
        let new = NewKey { name, scopes, store: Some(store.id), expires_at: None };
        api_keys::make(&world.maker(n).await, &new).await.unwrap();
    };
    let list = async || {
        let keys = api_keys::list(&scope).await.unwrap();
        keys.iter().filter(|k| k.maker.is_some() && k.store.as_deref() == Some("north") && !k.is_orphan).count()
    };
    assert_eq!(world.costs(add, list).await, [3, 3]);
}

#[tokio::test]
async fn webhooks_with_stores_makers_and_backlogs() {
    let world = World::new().await;
    let scope = world.scope();
    let store = testing::store(&world.access, "north", "Europe/London", "GBP").await;
    let add = async |n: usize| {
        let wanted = Wanted { kinds: Vec::new(), store: Some(store.id) };
        let new = NewWebhook { url: "https://receiver.test".into(), description: format!("{n}"), wanted };
        webhooks::create(&world.maker(n).await, &sealer(), &new).await.unwrap();
        testing::place_all(&scope, &store, &[testing::order(&store, &format!("W-{n}"), scope.now(), 1)]).await;
    };
    let list = async || {
        let found = webhooks::list(&scope).await.unwrap();
        found.iter().filter(|w| w.maker.is_some() && w.store.is_some() && w.behind > 0 && !w.is_orphan).count()
    };
    assert_eq!(world.costs(add, list).await, [4, 4]);
}

#[tokio::test]
async fn deliveries_of_a_webhook_with_their_attempts() {
    let world = World::new().await;
    let scope = world.scope();
    let store = testing::store(&world.access, "north", "Europe/London", "GBP").await;
    let new = NewWebhook { url: "https://receiver.test".into(), description: String::new(), wanted: Wanted::default() };
    let id = webhooks::create(&scope, &sealer(), &new).await.unwrap().id;
    let (query, most) = (DeliveryQuery::default(), Limit::new(50).unwrap());
    let add = async |n: usize| {
        testing::place_all(&scope, &store, &[testing::order(&store, &format!("W-{n}"), scope.now(), 1)]).await;
        webhooks::dispatch(&scope, 10, None).await.unwrap();
        let newest = webhooks::deliveries(&scope, id, &query, most).await.unwrap().rows.remove(0);
        let Begun::Send(call) = webhooks::begin(&scope, &sealer(), newest.id).await.unwrap() else { panic!("due") };
        let reply = Reply { at: scope.now(), status: Some(500), ..Reply::default() };
        webhooks::finish(&scope, &call, &reply, 0, |_| Vec::new()).await.unwrap();
    };
    let list = async || {
        let found = webhooks::deliveries(&scope, id, &query, most).await.unwrap().rows;
        found.iter().filter(|d| d.attempts.len() == 1 && d.attempts[0].status == Some(500)).count()
    };
    assert_eq!(world.costs(add, list).await, [2, 2]);
}

#[tokio::test]
async fn tiers_with_their_tenants_and_the_record_of_all_tenants() {
    let world = World::new().await;
    let platform = Platform::command(world.db.db.clone());
    let add = async |n: usize| {
        let slug = format!("tier{n}");
        // The first is there already, with a tenant.
        if n > 0 {
            platform.ensure_tier(&slug, &slug, serde_json::json!({})).await.unwrap();
            platform.create_tenant(&format!("tenant{n}"), &slug, &slug).await.unwrap();
        }
    };
    let tiers = async || platform.tiers().await.unwrap().iter().filter(|tier| tier.tenants == 1).count();
    assert_eq!(world.costs(&add, tiers).await, [2, 2]);
    let mut costs = Vec::new();
    for rows in [1, 20] {
        let before = world.db.db.statements();
        let query = AuditQuery { action: Some("tenant.create".to_owned()), ..AuditQuery::default() };
        let page = db::audit::platform_entries(&platform, &query, Limit::new(rows).unwrap()).await.unwrap();
        assert_eq!(page.rows.iter().filter(|entry| entry.slug.is_some()).count(), usize::try_from(rows).unwrap());
        costs.push(world.db.db.statements() - before);
    }
    assert_eq!(costs, [2, 2]);
}
