//! The server function of the search field: what a text may mean while it is being typed. The browser calls it
//! (`islands::SearchBox`); the server answers on a route of its own (`server/src/pages/functions.rs`), which says who asks.

#[cfg(feature = "ssr")]
mod searcher;

#[cfg(feature = "ssr")]
pub use searcher::Searcher;

#[cfg(feature = "ssr")]
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use leptos::server_fn::codec::{GetUrl, Json};
use serde::{Deserialize, Serialize};

/// What a suggestion is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Group {
    /// An order.
    Orders,
    /// A customer: leads to their orders.
    Customers,
    /// A page.
    Pages,
}

/// A suggestion: somewhere to go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// What it is.
    pub group: Group,
    /// Its name.
    pub title: String,
    /// What tells it from others of the same name; perhaps empty.
    pub detail: String,
    /// Its address.
    pub href: String,
}

impl Group {
    /// The heading above suggestions of this group.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Orders => "Orders",
            Self::Customers => "Customers",
            Self::Pages => "Pages",
        }
    }
}

// Only on the server: the browser asks with its own `fetch`, and the client that this writes would add 10 KB to each page.
#[cfg(feature = "ssr")]
/// Suggestions for `q`, those of a group together: as far as the member may see what they are about.
#[server(prefix = "/fn", endpoint = "search", input = GetUrl, output = Json)]
pub async fn search(
    #[doc = "What is typed so far."]
    #[server(default)]
    q: String,
) -> Result<Vec<Suggestion>, ServerFnError> {
    let searcher = expect_context::<Searcher>();
    searcher.search(&q).await.ok_or_else(|| ServerFnError::new("no suggestions"))
}
