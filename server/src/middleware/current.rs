//! The request that a task is working on, for errors and logs that cannot be handed it.

use std::cell::Cell;
use std::future::Future;
use std::net::IpAddr;
use std::sync::Arc;

use app::document::Theme;
use db::Origin;
use http::uri::PathAndQuery;
use tower_sessions::session::Id;

tokio::task_local! {
    static CURRENT: Current;
}

/// What identifies one request.
#[derive(Clone, Debug)]
pub struct Current {
    /// The value of `X-Request-Id`.
    pub request_id: Arc<str>,
    /// The value of the nonce in this response's content security policy.
    pub nonce: Arc<str>,
    /// Path and query.
    pub path: PathAndQuery,
    /// How this browser wants pages to look.
    pub theme: Theme,
    /// Who sent it, as an address.
    pub address: IpAddr,
    /// Whether its page shows a flash message.
    pub shows_flash: Cell<bool>,
    /// The session that goes on under another id, until that one is stored.
    pub renamed: Cell<Option<Id>>,
}

impl Current {
    /// Runs `work` as part of this request.
    pub async fn scope<F: Future>(self, work: F) -> F::Output {
        CURRENT.scope(self, work).await
    }
}

/// The id of the request that this task works on; empty outside of requests.
pub fn request_id() -> Arc<str> {
    CURRENT.try_with(|c| Arc::clone(&c.request_id)).unwrap_or_else(|_| Arc::from(""))
}

/// The nonce of the response that this task works on; empty outside of requests.
pub fn nonce() -> Arc<str> {
    CURRENT.try_with(|c| Arc::clone(&c.nonce)).unwrap_or_else(|_| Arc::from(""))
}

/// Path and query of the request that this task works on; `/` outside of requests.
pub fn path() -> PathAndQuery {
    CURRENT.try_with(|c| c.path.clone()).unwrap_or_else(|_| PathAndQuery::from_static("/"))
}

/// The request as the record of what was done names it.
pub fn origin() -> Origin {
    let known = CURRENT.try_with(|c| (c.request_id.to_string(), c.address)).ok();
    let (request_id, address) = known.unzip();
    Origin { request_id, address, via: None }
}

/// The session `id` goes on under another id: it ends when that one is stored, and not before.
pub fn rename_session(id: Option<Id>) {
    let _outside = CURRENT.try_with(|c| c.renamed.set(id));
}

/// Whether the session `id` goes on under another id that is not stored yet.
pub fn is_renamed(id: Id) -> bool {
    CURRENT.try_with(|c| c.renamed.get() == Some(id)).unwrap_or_default()
}

/// The session that goes on under the id that is being stored.
pub fn take_renamed() -> Option<Id> {
    CURRENT.try_with(|c| c.renamed.take()).unwrap_or_default()
}

/// The page that is being made shows its flash message: it is not kept for another one.
pub fn flash_is_shown() {
    let _outside = CURRENT.try_with(|c| c.shows_flash.set(true));
}

/// Whether a flash message was shown.
pub fn is_flash_shown() -> bool {
    CURRENT.try_with(|c| c.shows_flash.get()).unwrap_or_default()
}

/// The theme of whoever asks.
pub fn theme() -> Theme {
    CURRENT.try_with(|c| c.theme).unwrap_or_default()
}
