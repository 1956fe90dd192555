//! A walk over writes: each is sent, has to succeed, and is looked up in the record by the id of its request.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::ids::{TenantId, UserId};
use reqwest::{Method, RequestBuilder, Response};

use crate::browser::Browser;
use crate::matrix::world::{Id, World};

/// What the record says of one request.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    pub actor: String,
    pub via: String,
    pub action: String,
    pub address: Option<String>,
}

pub struct Walk {
    pub world: World,
    /// The routes that were walked so far.
    pub walked: BTreeSet<String>,
}

/// A form as its pairs.
pub type Form<'a> = &'a [(&'a str, &'a str)];

impl Walk {
    pub async fn new() -> Self {
        Self { world: World::new().await, walked: BTreeSet::new() }
    }

    /// Somebody of the tenant `demo` by their address.
    pub async fn person(&self, email: &str) -> String {
        let id: UserId = db::people::find(&self.world.app.db, email).await.unwrap().unwrap();
        format!("user:{id}")
    }

    /// Posts `form` to the thing of `demo` that `route` names, and looks for `action` in the record; the page.
    pub async fn post(&mut self, browser: &Browser, actor: &str, route: &str, form: Form<'_>, action: &str) -> String {
        let path = self.world.address(route, "demo", Id::Own);
        self.post_to(browser, actor, route, &path, form, action).await
    }

    /// The same for the thing at `path`.
    pub async fn post_to(
        &mut self,
        browser: &Browser,
        actor: &str,
        route: &str,
        path: &str,
        form: Form<'_>,
        action: &str,
    ) -> String {
        let request = browser.http.post(format!("{}{path}", self.world.app.base)).form(form);
        self.send(request, actor, route, action).await.text().await.unwrap()
    }

    /// Sends `request` to `route`, and looks for `action` by `actor` in the record.
    pub async fn send(&mut self, request: RequestBuilder, actor: &str, route: &str, action: &str) -> Response {
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
        if ![200, 201, 303].contains(&status) {
            panic!("{route}: {status} {}", answer.text().await.unwrap());
        }
        let found = self.recorded(&id).await;
        let entry = found.iter().find(|e| e.action == action);
        let entry = entry.unwrap_or_else(|| panic!("{route} left no {action} in the record: {found:?}"));
        assert!(entry.actor == actor || actor == "key" && entry.actor.starts_with("key:"), "{route}: {entry:?}");
        assert!(entry.address.is_some(), "{route}");
        let of_platform = route.starts_with("/platform") || route.starts_with("/impersonation");
        let via = if route.starts_with("/api") {
            "api"
        } else if of_platform {
            "platform"
        } else {
            "page"
        };
        assert_eq!(entry.via, via, "{route}");
        self.walked.insert(route.to_owned());
        answer
    }

    /// What the record holds of the request `id`; what is recorded beside the answer takes a moment.
    pub async fn recorded(&self, id: &str) -> Vec<Recorded> {
        let mut owner = self.world.app.test_db.backup_owner().await;
        for _ in 0..100 {
            let sql = "select actor, via, action, address from audit_entries where request_id = $1";
            let found: Vec<(String, String, String, Option<String>)> =
                sqlx::query_as(sql).bind(id).fetch_all(&mut owner).await.unwrap();
            if !found.is_empty() {
                let read = |(actor, via, action, address)| Recorded { actor, via, action, address };
                return found.into_iter().map(read).collect();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Vec::new()
    }

    /// The tenants in whose record the last `action` stands.
    pub async fn tenants_with(&self, action: &str) -> BTreeSet<TenantId> {
        let mut owner = self.world.app.test_db.backup_owner().await;
        let sql = "select tenant_id from audit_entries where action = $1";
        let found: Vec<uuid::Uuid> = sqlx::query_scalar(sql).bind(action).fetch_all(&mut owner).await.unwrap();
        found.into_iter().map(TenantId).collect()
    }

    /// The routes that write and were not walked.
    pub fn left(&self) -> Vec<String> {
        let table = server::router::table(&self.world.app.state);
        let writes = table.into_iter().filter(|r| r.method != Method::GET).map(|r| r.path);
        writes.filter(|path| !self.walked.contains(path)).collect()
    }
}
