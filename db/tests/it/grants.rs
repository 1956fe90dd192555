//! Nobody gives, renews or keeps alive what they do not have: every permission with every act that grants something.

use db::api_keys::{self, NewKey};
use db::outbox::NewMail;
use db::people::{self, Membership, Person, passwords::Passwords};
use db::sealing::Sealer;
use db::team::{self, LinkDelivery, NewPlace};
use db::testing::{self, TestDb};
use db::webhooks::{self, NewWebhook, Resume};
use db::{Access, DataError, Origin, Scope};
use domain::feed::EventKind;
use domain::ids::{ApiKeyId, InvitationId, RoleId, UserId, WebhookId};
use domain::page::Limit;
use domain::people::{MemberRole, StoreAccess};
use domain::permission::{KeyScope, Permission, Permissions, Role};
use domain::webhooks::{DeliveryQuery, Wanted};

const PASSWORD: &str = "a long enough password";

struct World {
    db: TestDb,
    all: Access,
    sealer: Sealer,
    passwords: Passwords,
}

impl World {
    async fn new() -> Self {
        let db = TestDb::new().await;
        let all = testing::tenant(&db.db, "ours").await;
        testing::store(&all, "north", "UTC", "GBP").await;
        Self { db, all, sealer: Sealer::new(b"a secret").unwrap(), passwords: Passwords::new(1).unwrap() }
    }

    fn clerk(&self) -> Scope {
        self.all.scope(Permission::ManagePeople).unwrap()
    }

    async fn person(&self, email: &str) -> UserId {
        people::create(&self.db.db, &self.passwords, email, PASSWORD, false).await.unwrap()
    }

    // Somebody who may do these things, as a scope for the two rights to manage.
    fn with(&self, permissions: &[Permission]) -> Scope {
        let permissions: Permissions =
            permissions.iter().copied().chain([Permission::ManagePeople, Permission::ManageKeys]).collect();
        let role = MemberRole::Custom { id: self.db.db.clock().id(), name: "x".to_owned(), permissions };
        let membership = Membership {
            tenant: self.all.tenant(),
            slug: "ours".to_owned(),
            name: "Ours".to_owned(),
            role,
            stores: StoreAccess::All,
            needs_second_factor: false,
            suspended: None,
        };
        let me: UserId = self.db.db.clock().id();
        people::access(&self.db.db, me, &membership).scope(Permission::ManagePeople).unwrap()
    }

    async fn role(&self, permission: Permission) -> RoleId {
        let name = format!("{} {}", permission.as_str(), self.db.db.clock().id::<uuid::Uuid>());
        team::create_role(&self.clerk(), &name[..40], only(permission)).await.unwrap()
    }

    async fn member(&self, role: &str) -> UserId {
        let id = self.person(&format!("{}@ours.test", self.db.db.clock().id::<uuid::Uuid>())).await;
        people::set_role(&self.all, id, Role::Viewer).await.unwrap();
        team::change(&self.clerk(), id, &place(role)).await.unwrap();
        id
    }

    async fn invitation(&self, role: &str) -> (InvitationId, String) {
        let email = format!("{}@else.test", self.db.db.clock().id::<uuid::Uuid>());
        let secret = team::invite(&self.clerk(), &email, &place(role), LinkDelivery::Shown, mail).await.unwrap();
        let found = team::invitations(&self.clerk()).await.unwrap().into_iter().find(|i| i.email == email).unwrap();
        (found.id, secret)
    }
}

fn only(permission: Permission) -> Permissions {
    [permission].into_iter().collect()
}

fn place(role: &str) -> NewPlace {
    NewPlace { role: role.to_owned(), stores: None }
}

fn mail(to: &str) -> NewMail {
    let (recipient, subject) = (to.to_owned(), "s".to_owned());
    NewMail { key: to.to_owned(), kind: "test", recipient, subject, body: serde_json::json!({}) }
}

// Whether it was done; nothing else may stand in its way.
fn done<T>(what: &str, result: Result<T, DataError>) -> bool {
    match result {
        Ok(_) => true,
        Err(DataError::Invalid(faults)) => {
            assert!(
                faults.0.iter().all(|f| ["role", "permissions", "scopes", "kinds"].contains(&f.field.as_str())),
                "{what}: {faults:?}"
            );
            false
        }
        Err(DataError::Refused(_) | DataError::Forbidden) => false,
        Err(other) => panic!("{what}: {other}"),
    }
}

#[tokio::test]
async fn only_holders_of_a_permission_grant_it() {
    let mut world = World::new().await;
    for permission in Permission::ALL {
        // A tenant each: none has room for all those roles.
        world.all = testing::tenant(&world.db.db, &permission.as_str().replace('.', "-")).await;
        let others: Vec<Permission> = Permission::ALL.into_iter().filter(|p| *p != permission).collect();
        for has_it in [false, true] {
            // What everybody has who asks for any of this cannot be missing.
            let is_basic = [Permission::ManagePeople, Permission::ManageKeys].contains(&permission);
            let me = if has_it { world.with(&Permission::ALL) } else { world.with(&others) };
            for (what, granted) in acts(&world, &me, permission).await {
                assert_eq!(granted, has_it || is_basic, "{permission:?}, {what}, has it: {has_it}");
            }
        }
    }
}

// Everything that gives, renews or keeps alive `permission`, each asked by `me` about something of its own.
async fn acts(world: &World, me: &Scope, permission: Permission) -> Vec<(&'static str, bool)> {
    let mut acts = Vec::new();
    let name = || format!("r{}", world.db.db.clock().id::<uuid::Uuid>()).chars().take(37).collect::<String>();
    let [role, spare, harmless] =
        [world.role(permission).await, world.role(permission).await, world.role(harmless_beside(permission)).await];
    let code = role.to_string();
    acts.push(("create a role", done("create", team::create_role(me, &name(), only(permission)).await)));
    acts.push(("edit such a role", done("edit", team::update_role(me, spare, &name(), only(permission)).await)));
    let (new, both) = (name(), only(permission).iter().chain([harmless_beside(permission)]).collect());
    let wider = team::update_role(me, harmless, &new, both).await;
    acts.push(("widen a role", done("widen", wider)));
    acts.push(("delete a role", done("delete", team::delete_role(me, spare).await)));
    let guest = format!("{}@else.test", world.db.db.clock().id::<uuid::Uuid>());
    let invited = team::invite(me, &guest, &place(&code), LinkDelivery::Shown, mail).await;
    acts.push(("invite", done("invite", invited)));
    let (sent, _) = world.invitation(&code).await;
    acts.push(("resend", done("resend", team::resend(me, sent, LinkDelivery::Shown, |_, s| mail(s)).await)));
    acts.push(("withdraw", done("withdraw", team::withdraw(me, sent).await)));
    let viewer = world.member("viewer").await;
    if Role::Viewer.permissions().iter().all(|p| p != permission) {
        acts.push(("give a member the role", done("assign", team::change(me, viewer, &place(&code)).await)));
    }
    let holder = world.member(&code).await;
    acts.push((
        "take the role from a member",
        done("change", team::change(me, holder, &place(&harmless.to_string())).await),
    ));
    let holder = world.member(&code).await;
    acts.push(("remove such a member", done("remove", team::remove(me, holder).await)));
    if let Some(scope) = KeyScope::ALL.into_iter().find(|scope| scope.permission() == permission) {
        acts.extend(of_keys(world, me, scope).await);
    }
    let about = |kind: &EventKind| kind.about() == Some(permission) || permission == Permission::ReadEvents;
    for kind in EventKind::CHOSEN.into_iter().filter(about) {
        acts.extend(of_webhooks(world, me, vec![kind]).await);
    }
    if EventKind::CHOSEN.iter().any(about) {
        acts.extend(of_webhooks(world, me, Vec::new()).await);
    }
    acts
}

// Something that whoever lacks `permission` alone has.
fn harmless_beside(permission: Permission) -> Permission {
    if permission == Permission::ReadReports { Permission::ReadImports } else { Permission::ReadReports }
}

async fn of_keys(world: &World, me: &Scope, scope: KeyScope) -> Vec<(&'static str, bool)> {
    let new = NewKey { name: "till".to_owned(), scopes: vec![scope], ..NewKey::default() };
    let theirs: ApiKeyId = api_keys::make(&world.clerk(), &new).await.unwrap().id;
    vec![
        ("make a key", done("make", api_keys::make(me, &new).await)),
        ("make a nameless key", done("create", api_keys::create(me, &[scope], None).await)),
        ("rotate a key", done("rotate", api_keys::rotate(me, theirs, 0).await)),
    ]
}

async fn of_webhooks(world: &World, me: &Scope, kinds: Vec<EventKind>) -> Vec<(&'static str, bool)> {
    let new = |kinds: &[EventKind]| NewWebhook {
        url: "https://receiver.test/".to_owned(),
        description: String::new(),
        wanted: Wanted { kinds: kinds.to_vec(), store: None },
    };
    let made: WebhookId = webhooks::create(&world.clerk(), &world.sealer, &new(&kinds)).await.unwrap().id;
    let mut acts = vec![
        ("make a webhook", done("create", webhooks::create(me, &world.sealer, &new(&kinds)).await)),
        ("change a webhook", done("change", webhooks::change(me, made, &new(&kinds)).await)),
        ("narrow a webhook", done("narrow", webhooks::change(me, made, &new(&[EventKind::StoreCreated])).await)),
    ];
    webhooks::change(&world.clerk(), made, &new(&kinds)).await.unwrap();
    acts.push(("rotate a secret", done("secret", webhooks::rotate(me, &world.sealer, made).await)));
    webhooks::pause(&world.clerk(), made).await.unwrap();
    acts.push(("resume a webhook", done("resume", webhooks::resume(me, made, Resume::FromNow).await)));
    acts
}

#[tokio::test]
async fn revoking_pausing_and_deleting_need_only_the_permission_to_manage() {
    let world = World::new().await;
    let me = world.with(&[]);
    let new = NewKey { name: "till".to_owned(), scopes: KeyScope::ALL.to_vec(), ..NewKey::default() };
    let key = api_keys::make(&world.clerk(), &new).await.unwrap().id;
    api_keys::revoke(&me, key).await.unwrap();
    let new = NewWebhook { url: "https://receiver.test/".to_owned(), ..NewWebhook::default() };
    let webhook = webhooks::create(&world.clerk(), &world.sealer, &new).await.unwrap().id;
    webhooks::pause(&me, webhook).await.unwrap();
    webhooks::delete(&me, webhook).await.unwrap();
}

#[tokio::test]
async fn a_webhooks_log_hides_events_from_members_who_may_not_read_them() {
    let world = World::new().await;
    let new = NewWebhook { url: "https://receiver.test/".to_owned(), ..NewWebhook::default() };
    let webhook = webhooks::create(&world.clerk(), &world.sealer, &new).await.unwrap().id;
    let order = world.all.scope(Permission::WriteOrders).unwrap();
    let store = db::stores::known(&order).await.unwrap().remove(0);
    testing::place_all(&order, &store, &[testing::order(&store, "1", order.now(), 1)]).await;
    webhooks::dispatch(&world.clerk(), 100, None).await.unwrap();
    let bodies = async |me: &Scope| -> Vec<Option<String>> {
        let page = webhooks::deliveries(me, webhook, &DeliveryQuery::default(), Limit::default()).await.unwrap();
        page.rows.into_iter().filter(|d| d.kind == "order.placed").map(|d| d.body).collect()
    };
    assert_eq!(bodies(&world.with(&[Permission::ReadEvents])).await, [None]);
    assert!(bodies(&world.with(&[Permission::ReadEvents, Permission::ReadOrders])).await[0].is_some());
}

#[tokio::test]
async fn an_invitation_lives_as_long_as_its_sender_may_send_it() {
    let world = World::new().await;
    let both = [Permission::ManagePeople, Permission::ReadOrders].into_iter().collect();
    let hr = team::create_role(&world.clerk(), "HR", both).await.unwrap();
    let sender = world.member(&hr.to_string()).await;
    let packers = world.role(Permission::ReadOrders).await;
    let mine = people::memberships(&world.db.db, sender).await.unwrap().remove(0);
    let me = people::access(&world.db.db, sender, &mine).scope(Permission::ManagePeople).unwrap();
    let secret =
        team::invite(&me, "guest@else.test", &place(&packers.to_string()), LinkDelivery::Shown, mail).await.unwrap();
    let opens = async || team::find(&world.db.db, &secret).await.unwrap().is_some();
    assert!(opens().await);
    // Who cannot manage people any more, or may not do what the invitation gives.
    let id = world.person("guest@else.test").await;
    let guest: Person = people::person(&world.db.db, id).await.unwrap().unwrap();
    for less in [vec![Permission::ReadOrders], vec![Permission::ManagePeople]] {
        team::update_role(&world.clerk(), hr, "HR", less.into_iter().collect()).await.unwrap();
        assert!(!opens().await);
        let refused = team::accept(&world.db.db, &secret, &guest, Origin::default()).await.unwrap_err();
        assert!(matches!(refused, DataError::NotFound(_)), "{refused}");
        assert!(!team::is_invited(&world.db.db, world.all.tenant(), "guest@else.test").await.unwrap());
    }
    let all = [Permission::ManagePeople, Permission::ReadOrders].into_iter().collect();
    team::update_role(&world.clerk(), hr, "HR", all).await.unwrap();
    assert!(opens().await);
    team::remove(&world.clerk(), sender).await.unwrap();
    assert!(!opens().await, "whoever left keeps no way in for anybody");
    // Somebody else stands for it from then on.
    let waiting = team::invitations(&world.clerk()).await.unwrap().remove(0);
    let (_, secret) = team::resend(&world.clerk(), waiting.id, LinkDelivery::Shown, |_, s| mail(s)).await.unwrap();
    team::accept(&world.db.db, &secret, &guest, Origin::default()).await.unwrap();
}

#[tokio::test]
async fn members_cannot_change_their_own_role() {
    let world = World::new().await;
    let both = [Permission::ManagePeople, Permission::ReadOrders].into_iter().collect();
    let hr = team::create_role(&world.clerk(), "HR", both).await.unwrap();
    let me = world.member(&hr.to_string()).await;
    let mine = people::memberships(&world.db.db, me).await.unwrap().remove(0);
    let scope = people::access(&world.db.db, me, &mine).scope(Permission::ManagePeople).unwrap();
    let refused = team::update_role(&scope, hr, "HR", only(Permission::ManagePeople)).await.unwrap_err();
    assert!(matches!(refused, DataError::Refused(_)), "{refused}");
}
