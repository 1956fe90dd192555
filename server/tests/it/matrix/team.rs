//! The people of a tenant: a member, a role of its own, an invitation.

use db::team::{self, NewPlace};
use db::{Access, outbox::NewMail};
use domain::permission::{Permission, Role};
use serde_json::json;

use crate::browser::person;
use crate::harness::App;

pub struct Team {
    pub member: String,
    pub role: String,
    pub invitation: String,
    /// What the link of the invitation ends in.
    pub secret: String,
}

impl Team {
    pub async fn new(app: &App, access: &Access, slug: &str) -> Self {
        let scope = access.scope(Permission::ManagePeople).unwrap();
        let boss = person(app, &format!("boss@{slug}.test")).await;
        db::people::set_role(access, boss, Role::Owner).await.unwrap();
        let member = person(app, &format!("member@{slug}.test")).await;
        db::people::set_role(access, member, Role::Staff).await.unwrap();
        let packers = [Permission::ReadOrders].into_iter().collect();
        let role = team::create_role(&scope, "Packers", packers).await.unwrap();
        let place = NewPlace { role: "viewer".to_owned(), stores: None };
        let mail = |_: &str| NewMail {
            key: "invitation".into(),
            kind: "test",
            recipient: format!("guest@{slug}.test"),
            subject: "s".into(),
            body: json!({}),
        };
        let secret =
            team::invite(&scope, &format!("guest@{slug}.test"), &place, team::LinkDelivery::Shown, mail).await.unwrap();
        let invitation = team::invitations(&scope).await.unwrap()[0].id.to_string();
        Self { member: member.to_string(), role: role.to_string(), invitation, secret }
    }
}
