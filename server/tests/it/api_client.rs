//! A program that talks to the server under test, and the tenants that it finds there.

use std::collections::HashMap;

use db::Access;
use db::stores::Store;
use db::testing;
use domain::permission::{KeyScope, Permission};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::App;

/// A server with two tenants: `demo` with the stores `north` (London, GBP) and `south` (Kathmandu, EUR), and `other` with `west`.
pub struct World {
    pub app: App,
    pub demo: Access,
    pub north: Store,
    pub other: Access,
}

/// A program with a key, or without.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    pub key: String,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HashMap<String, String>,
    pub bytes: Vec<u8>,
}

impl World {
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    /// The same on a server with these settings.
    pub async fn with(settings: &[(&str, &str)]) -> Self {
        let app = App::with(settings).await;
        let demo = testing::tenant(&app.db, "demo").await;
        let other = testing::tenant(&app.db, "other").await;
        testing::store(&demo, "south", "Asia/Kathmandu", "EUR").await;
        testing::store(&other, "west", "Europe/London", "GBP").await;
        Self { north: testing::store(&demo, "north", "Europe/London", "GBP").await, app, demo, other }
    }

    /// A program of `tenant` with all scopes.
    pub async fn client(&self, tenant: &Access) -> Client {
        self.client_with(tenant, &KeyScope::ALL, None).await
    }

    /// A program of `tenant` with these scopes, perhaps for one store.
    pub async fn client_with(&self, tenant: &Access, scopes: &[KeyScope], store: Option<&Store>) -> Client {
        let scope = tenant.scope(Permission::ManageKeys).unwrap();
        let key = db::api_keys::create(&scope, scopes, store.map(|s| s.id)).await.unwrap();
        Client { http: self.app.http(), base: self.app.base.clone(), key }
    }

    /// The number of the tenant's last event.
    pub async fn head(&self, tenant: &Access) -> i64 {
        testing::head(tenant).await
    }

    /// How many orders `tenant` has, and how many events beside those of its stores.
    pub async fn counts(&self, tenant: &Access) -> (usize, i64) {
        let scope = tenant.scope(Permission::ReadOrders).unwrap();
        let query = domain::orders::OrderQuery { limit: domain::page::Limit::new(200).unwrap(), ..Default::default() };
        let orders = db::orders::list::list(&scope, &query).await.unwrap().rows.len();
        let stores = db::stores::known(&scope).await.unwrap().len();
        (orders, self.head(tenant).await - i64::try_from(stores).unwrap())
    }
}

impl Client {
    /// The same program, talking to another process.
    pub fn at(&self, base: &str) -> Self {
        Self { base: base.to_owned(), ..self.clone() }
    }

    /// The same program with another key.
    pub fn with_key(&self, key: &str) -> Self {
        Self { key: key.to_owned(), ..self.clone() }
    }

    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        if self.key.is_empty() { request } else { request.bearer_auth(&self.key) }
    }

    pub async fn get(&self, path: &str) -> Reply {
        Reply::of(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, headers: &[(&str, &str)], body: impl Into<reqwest::Body>) -> Reply {
        self.send(Method::POST, path, headers, body).await
    }

    /// Sends a body, as JSON unless `headers` say otherwise.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<reqwest::Body>,
    ) -> Reply {
        let mut request = self.request(method, path).body(body);
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Reply::of(request).await
    }

    /// Places an order, with an idempotency key unless `key` is empty.
    pub async fn place(&self, key: &str, order: &Value) -> Reply {
        let headers = [("idempotency-key", key)];
        self.post("/api/v1/orders", if key.is_empty() { &[] } else { &headers }, order.to_string()).await
    }
}

impl Reply {
    async fn of(request: reqwest::RequestBuilder) -> Self {
        let answer = request.send().await.unwrap();
        let headers = answer.headers().iter();
        let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
        Self { status: answer.status().as_u16(), headers, bytes: answer.bytes().await.unwrap().to_vec() }
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&self.bytes)))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// The body without what differs from request to request.
    pub fn without_request_id(&self) -> Value {
        let mut body = self.json();
        body.as_object_mut().unwrap().remove("request_id");
        body
    }

    /// The faulty fields of a 422.
    pub fn fields(&self) -> Vec<String> {
        assert_eq!(self.status, 422, "{}", String::from_utf8_lossy(&self.bytes));
        let errors = self.json()["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|e| e["field"].as_str().unwrap().to_owned()).collect()
    }
}

/// A sale of `quantity` x 4.50 and carriage of 3.00, in the store `north`.
pub fn order(number: &str, quantity: i64) -> Value {
    json!({
        "store": "north", "number": number, "placed_at": "2026-03-01T10:00:00Z", "currency": "GBP",
        "items": [
            {"sku": "TEA", "title": "Tea", "quantity": quantity, "unit_price": 450},
            {"title": "Carriage", "kind": "shipping", "quantity": 1, "unit_price": 300},
        ],
    })
}
