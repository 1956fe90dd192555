//! One listener's stream. It holds a place in the feed and nothing else: events are read when the connection
//! can take them, so a slow reader costs no memory.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use db::feed::{self, Item, Subscription};
use db::{DataError, Scope};
use domain::feed::EventKind;
use domain::people::StoreAccess;
use futures::stream;
use http::{HeaderName, HeaderValue};

use super::place::Place;
use super::watch::Watch;
use crate::state::AppState;

const KEEP_ALIVE: Duration = Duration::from_secs(15);
const HEARTBEAT: &str = "heartbeat";
const RECONNECT_AFTER: Duration = Duration::from_secs(2);
const RETRY: Duration = Duration::from_secs(1);

struct Listener {
    state: AppState,
    feed: Subscription,
    stores: StoreAccess,
    watch: Watch,
    /// What is said before the first event.
    opening: Opening,
}

enum Opening {
    Greeting { missed: bool },
    Gap,
    Over,
}

/// Opens the stream of the scope's tenant at `place`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn open(state: AppState, scope: &Scope, place: Place, watch: Watch) -> Result<Response, DataError> {
    let after = match place {
        Place::After(seq) => Some(seq),
        Place::Now | Place::Lost => None,
    };
    let feed = feed::subscribe(scope, after).await?;
    // A number that is yet to come belongs to a history that was lost, as by a restore.
    let missed = place == Place::Lost || after.is_some_and(|seq| seq > feed.last());
    let opening = Opening::Greeting { missed };
    let listener = Listener { state, feed, stores: scope.stores().clone(), watch, opening };
    let events = stream::unfold(listener, |mut listener| async move {
        let event = listener.next().await?;
        Some((Ok::<_, Infallible>(event), listener))
    });
    // An event, because clients cannot see comments: whoever hears neither this nor anything else has lost the connection.
    let heartbeat = Event::default().event(HEARTBEAT).data("{}");
    let keep_alive = KeepAlive::new().interval(KEEP_ALIVE).event(heartbeat);
    let mut response = Sse::new(events).keep_alive(keep_alive).into_response();
    response.headers_mut().insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(response)
}

impl Listener {
    async fn next(&mut self) -> Option<Event> {
        match self.opening {
            Opening::Greeting { missed } => {
                self.opening = if missed { Opening::Gap } else { Opening::Over };
                let greeting = format!("the feed after {}", self.feed.last());
                return Some(Event::default().comment(greeting).retry(RECONNECT_AFTER));
            }
            Opening::Gap => {
                self.opening = Opening::Over;
                return Some(gap(self.feed.last()));
            }
            Opening::Over => {}
        }
        loop {
            tokio::select! {
                biased;
                () = self.state.shutdown.cancelled() => return None,
                () = tokio::time::sleep_until(self.watch.due()) => {
                    // Boxed: an idle listener should not carry the room that the check needs.
                    if !Box::pin(self.watch.still_allowed()).await {
                        return None;
                    }
                }
                item = self.feed.next() => match item {
                    Ok(Item::Event(event)) if self.concerns(&event) => return Some(written(&event)),
                    Ok(Item::Event(_)) => {}
                    Ok(Item::Gap(seq)) => return Some(gap(seq)),
                    Err(error) => {
                        tracing::debug!(%error, "a listener's feed cannot be read; trying again");
                        tokio::time::sleep(RETRY).await;
                    }
                },
            }
        }
    }

    fn concerns(&mut self, event: &feed::Event) -> bool {
        if event.kind == EventKind::AccessChanged.as_str() {
            self.watch.ask_soon();
        }
        self.stores.only().is_none_or(|only| only.iter().any(|store| event.store_id == Some(store.0)))
    }
}

fn written(event: &Arc<feed::Event>) -> Event {
    Event::default().id(event.seq.to_string()).event(&event.kind).data(&event.text)
}

fn gap(seq: i64) -> Event {
    let data = serde_json::json!({"missing_through": seq});
    Event::default().id(seq.to_string()).event(EventKind::Gap.as_str()).data(data.to_string())
}
