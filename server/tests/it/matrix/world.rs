//! Two tenants with one of everything each, and everybody who may come.

use std::time::Duration;

use db::api_keys::NewKey;
use db::backups::{self, Began, Done, NewBackup, Place};
use db::imports::{Begin, Created, NewRun};
use db::platform::Platform;
use db::queue::{NewJob, enqueue, locks, timetable};
use db::webhooks::NewWebhook;
use db::{Access, people};
use domain::backups::{Kind, Trigger};
use domain::imports::Format;
use domain::permission::{KeyScope, Permission, Role};
use serde_json::json;

use crate::browser::{Browser, PASSWORD, person};
use crate::harness::App;

use super::team::Team;

/// Words that stand in the data of the tenant `other` and nowhere else; no test ever sends them.
pub const SECRETS: [&str; 5] = ["Zerafina Quillfeather", "Obsidian samovar", "hush-hush", "918273645", "9,182,736"];

/// A server with the tenants `demo` and `other`.
pub struct World {
    pub app: App,
    pub demo: Things,
    pub other: Things,
}

/// One of everything that a tenant has and that an address can name.
pub struct Things {
    pub access: Access,
    pub slug: &'static str,
    pub store: &'static str,
    pub number: &'static str,
    pub order: String,
    pub import: String,
    pub backup: String,
    pub job: String,
    pub api_key: String,
    pub webhook: String,
    pub delivery: String,
    pub member: String,
    pub role: String,
    pub invitation: String,
    pub secret: String,
}

/// Whose things an address names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Id {
    Own,
    Foreign,
    Random,
    Malformed,
}

/// Somebody who asks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Who {
    Stranger,
    Member(Role),
    OtherOwner,
    Nobody,
    Admin,
    Key(KeyScope),
    OtherKey,
}

impl Who {
    pub fn all() -> Vec<Self> {
        let people = [Self::Stranger, Self::OtherOwner, Self::Nobody, Self::Admin, Self::OtherKey];
        people.into_iter().chain(Role::ALL.map(Self::Member)).chain(KeyScope::ALL.map(Self::Key)).collect()
    }

    pub const fn is_signed_in(self) -> bool {
        matches!(self, Self::Member(_) | Self::OtherOwner | Self::Nobody | Self::Admin)
    }
}

impl World {
    pub async fn new() -> Self {
        // So that two looks at the same thing read the same, whenever they come.
        let clock = db::Clock::fixed(db::Clock::System.now());
        let app = App::at(clock, &[("STOA_PROXIES", "1")]).await;
        let platform = Platform::command(app.db.clone());
        timetable::sync(&platform, &jobs::schedule::entries()).await.unwrap();
        locks::take(&app.db, "backup:x", "test", Duration::from_secs(3_600), "matrix").await.unwrap().unwrap();
        let demo = Things::new(&app, ("demo", "north", "A-1"), ["Ana", "Tea", "a note"], 450).await;
        let secret = [SECRETS[0], SECRETS[1], SECRETS[2]];
        let other = Things::new(&app, ("other", "annex", "B-1"), secret, 918_273_645).await;
        for role in Role::ALL {
            let member = person(&app, &format!("{role}@demo.test")).await;
            people::set_role(&demo.access, member, role).await.unwrap();
        }
        let owner = person(&app, "owner@other.test").await;
        people::set_role(&other.access, owner, Role::Owner).await.unwrap();
        person(&app, "nobody@stoa.test").await;
        Self { app, demo, other }
    }

    /// Somebody at the door: a browser, or a program with its key.
    pub async fn enter(&self, who: Who) -> (Browser, Option<String>) {
        let email = match who {
            Who::Stranger => return (Browser::elsewhere(&self.app.base), None),
            Who::Key(scope) => {
                return (Browser::elsewhere(&self.app.base), Some(key(&self.demo.access, &[scope]).await));
            }
            Who::OtherKey => {
                return (Browser::elsewhere(&self.app.base), Some(key(&self.other.access, &KeyScope::ALL).await));
            }
            Who::Member(role) => format!("{role}@demo.test"),
            Who::OtherOwner => "owner@other.test".to_owned(),
            Who::Nobody => "nobody@stoa.test".to_owned(),
            Who::Admin => self.admin().await,
        };
        (Browser::elsewhere(&self.app.base).into_signed_in(&email).await, None)
    }

    // Another one each time: whoever comes back needs the phone that the first time has set up.
    async fn admin(&self) -> String {
        let email = format!("admin@{}.test", self.app.db.clock().id::<uuid::Uuid>());
        people::create(&self.app.db, &self.app.state.passwords, &email, PASSWORD, true).await.unwrap();
        email
    }

    /// The pattern of a route as an address in `tenant` that names these things.
    pub fn address(&self, pattern: &str, tenant: &str, id: Id) -> String {
        let whose = if id == Id::Foreign { &self.other } else { &self.demo };
        let real = |real: &str, random: &str| match id {
            Id::Own | Id::Foreign => real.to_owned(),
            Id::Random => random.to_owned(),
            Id::Malformed => "%27;--%00%FF".to_owned(),
        };
        let steps = pattern.split('/').map(|step| match step {
            "{tenant}" => tenant.to_owned(),
            "{store}" => real(whose.store, "nowhere"),
            "{number}" => real(whose.number, "Z-9"),
            "{id}" => real(&whose.thing(pattern), "0199d0c2-6f0e-7cc3-98c4-dc0c0c07398f"),
            "{name}" if pattern.contains("/queues/") => real("heavy", "light"),
            "{name}" if pattern.contains("/timetable/") => real("partitions", "tides"),
            "{name}" if pattern.contains("/locks/") => real("backup:x", "backup:y"),
            "{quarter}" => real("2011q1", "2010q1"),
            "{verb}" if pattern.contains("/queues/") => "pause".to_owned(),
            "{verb}" if pattern.contains("/timetable/") => "disable".to_owned(),
            "{slug}" if pattern.contains("/tiers/") => real("standard", "gold"),
            "{slug}" => real(whose.slug, "nobody"),
            "{delivery}" => real(&whose.delivery, "0199d0c2-6f0e-7cc3-98c4-dc0c0c07398f"),
            "{member}" => real(&whose.member, "0199d0c2-6f0e-7cc3-98c4-dc0c0c07398f"),
            "{secret}" => real(&whose.secret, "bm90aGluZw"),
            "{*file}" => "none.js".to_owned(),
            step if step.starts_with('{') => panic!("say here what {step} of {pattern} may be"),
            step => step.to_owned(),
        });
        steps.collect::<Vec<_>>().join("/")
    }
}

impl Things {
    async fn new(app: &App, names: (&'static str, &'static str, &'static str), words: [&str; 3], price: i64) -> Self {
        let (slug, store, number) = names;
        let access = db::testing::tenant(&app.db, slug).await;
        let known = db::testing::store(&access, store, "Europe/London", "GBP").await;
        let order = json!({
            "store": store, "number": number, "placed_at": "2026-03-01T10:00:00Z", "currency": "GBP",
            "customer": {"name": words[0], "email": format!("customer@{slug}.test")}, "note": words[2],
            "items": [{"sku": format!("{slug}-sku"), "title": words[1], "quantity": 1, "unit_price": price}],
        });
        let key = key(&access, &KeyScope::ALL).await;
        let request = app.http().post(format!("{}/api/v1/orders", app.base)).bearer_auth(key).json(&order);
        let placed: serde_json::Value = request.send().await.unwrap().json().await.unwrap();
        let run = NewRun {
            store: &known,
            format: Format::OrdersCsv,
            file_name: words[1],
            file_path: "/nonexistent",
            file_size: 1,
            file_hash: slug.as_bytes(),
            mode: Default::default(),
            begin: Begin::Check,
        };
        let scope = access.scope(Permission::RunImports).unwrap();
        let Created::New(run) = db::imports::create(&scope, run).await.unwrap() else { panic!("it is new") };
        let team = Team::new(app, &access, slug).await;
        let (webhook, delivery) = webhook(app, &access, words[1]).await;
        Self {
            slug,
            store,
            number,
            order: placed["id"].as_str().unwrap().to_owned(),
            import: run.id.to_string(),
            backup: backup(&access).await,
            job: job(&access).await,
            api_key: api_key(&access).await,
            webhook,
            delivery,
            member: team.member,
            role: team.role,
            invitation: team.invitation,
            secret: team.secret,
            access,
        }
    }

    // Which of them `{id}` means.
    fn thing(&self, pattern: &str) -> String {
        match pattern {
            "/platform/jobs/{id}" => format!("{}?tenant={}", self.job, self.access.tenant()),
            p if p.contains("/imports/") => self.import.clone(),
            p if p.contains("/backups/") => self.backup.clone(),
            p if p.contains("/webhooks/") => self.webhook.clone(),
            p if p.contains("/keys/") => self.api_key.clone(),
            p if p.contains("/members/") => self.member.clone(),
            p if p.contains("/roles/") => self.role.clone(),
            p if p.contains("/invitations/") => self.invitation.clone(),
            p if p.contains("/jobs/") => self.job.clone(),
            p if p.contains("/orders/") => self.order.clone(),
            p => panic!("say here which thing {p} is about"),
        }
    }
}

pub async fn key(access: &Access, scopes: &[KeyScope]) -> String {
    db::api_keys::create(&access.scope(Permission::ManageKeys).unwrap(), scopes, None).await.unwrap()
}

async fn api_key(access: &Access) -> String {
    let scope = access.scope(Permission::ManageKeys).unwrap();
    let new = NewKey { name: "till".to_owned(), scopes: KeyScope::ALL.to_vec(), ..NewKey::default() };
    db::api_keys::make(&scope, &new).await.unwrap().id.to_string()
}

async fn webhook(app: &App, access: &Access, words: &str) -> (String, String) {
    let scope = access.scope(Permission::ManageKeys).unwrap();
    let new = NewWebhook {
        url: "https://receiver.test/stoa".to_owned(),
        description: words.to_owned(),
        ..NewWebhook::default()
    };
    let made = db::webhooks::create(&scope, &app.state.sealer, &new).await.unwrap();
    let delivery = db::webhooks::test(&scope, made.id).await.unwrap();
    (made.id.to_string(), delivery.to_string())
}

async fn backup(access: &Access) -> String {
    let place = Place::Tenant(access.scope(Permission::ManageBackups).unwrap());
    let new = NewBackup { kind: Kind::Database, trigger: Trigger::Schedule, recipient: None, days: 30 };
    let Began::Mine(claim) = backups::begin(&place, &new).await.unwrap() else { panic!("another one runs") };
    backups::store(&place, &claim, &Done { bytes: 1, rows: 1, tables: 1, ..Done::default() }).await.unwrap();
    claim.id.to_string()
}

async fn job(access: &Access) -> String {
    let tx = access.scope(Permission::RunImports).unwrap().begin().await.unwrap();
    let id = enqueue(&tx, &NewJob::new("say_hello", json!({"about": "matrix"}))).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    id.to_string()
}
