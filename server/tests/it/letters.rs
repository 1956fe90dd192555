//! What was written to people: letters in the outbox.

use db::Access;
use domain::ids::TenantId;
use serde_json::Value;

use crate::harness::App;

/// A letter.
#[derive(Clone, Debug, PartialEq)]
pub struct Letter {
    pub to: String,
    pub subject: String,
    pub body: Value,
}

impl Letter {
    /// Where its link leads on this server.
    pub fn path(&self) -> String {
        let link = self.body["link"][1].as_str().unwrap();
        link.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map(|(_, path)| format!("/{path}")).unwrap()
    }
}

/// All letters of the installation itself whose kind begins with `kind`, oldest first.
pub async fn of_platform(app: &App, kind: &str) -> Vec<Letter> {
    read(app, db::platform::PlatformTx::NIL, kind).await
}

/// All letters of the tenant whose kind begins with `kind`, oldest first.
pub async fn of_tenant(app: &App, access: &Access, kind: &str) -> Vec<Letter> {
    read(app, access.tenant(), kind).await
}

/// The first `n` letters of the installation, which come a moment after the answer.
pub async fn wait_for(app: &App, kind: &str, n: usize) -> Vec<Letter> {
    let found = async || Some(of_platform(app, kind).await).filter(|found| found.len() >= n);
    db::testing::eventually(&format!("{n} letters of kind {kind}"), found).await
}

async fn read(app: &App, tenant: TenantId, kind: &str) -> Vec<Letter> {
    let owner = app.test_db.owner(tenant).await;
    let sql = "select recipient, subject, body from mail_outbox where tenant_id = $1 and starts_with(kind, $2) order by created_at, id";
    let rows: Vec<(String, String, Value)> =
        sqlx::query_as(sql).bind(tenant.0).bind(kind).fetch_all(&owner).await.unwrap();
    rows.into_iter().map(|(to, subject, body)| Letter { to, subject, body }).collect()
}
