//! One reading for all listeners of a tenant: the newest events are kept in a ring, and whoever needs events
//! that are not in it yet reads them for everybody.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use super::read::{self, Event};
use crate::error::DataError;
use crate::scope::Scope;

const RING: usize = 512;
const READ_AT_ONCE: i64 = 500;
const ASK_EVERY: Duration = Duration::from_secs(1);

/// What a listener gets.
#[derive(Clone, Debug)]
pub enum Item {
    /// The next event.
    Event(Arc<Event>),
    /// Events up to this number are no longer kept; the next item is the one after.
    Gap(i64),
}

/// The listeners of one tenant.
pub(super) struct Channel {
    head: watch::Sender<i64>,
    ring: Mutex<VecDeque<Arc<Event>>>,
    reading: tokio::sync::Mutex<()>,
}

/// One listener's place in a feed.
pub struct Subscription {
    scope: Scope,
    channel: Arc<Channel>,
    head: watch::Receiver<i64>,
    last: i64,
    ready: VecDeque<Arc<Event>>,
}

/// Listens to the scope's tenant from event `after` on (exclusive), or from now on.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn subscribe(scope: &Scope, after: Option<i64>) -> Result<Subscription, DataError> {
    let head = scope.db().cache().generation(scope).await?;
    let channel = scope.db().hub().channel(scope.tenant(), || Channel::start(scope, head));
    channel.advance(head);
    let last = after.unwrap_or(head).clamp(0, head);
    Ok(Subscription { scope: scope.clone(), head: channel.head.subscribe(), channel, last, ready: VecDeque::new() })
}

impl Subscription {
    /// Waits for what comes next. Every event once and in order, or a gap that says what is missing.
    ///
    /// # Errors
    /// When PostgreSQL fails; the listener may call again.
    pub async fn next(&mut self) -> Result<Item, DataError> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                self.last = event.seq;
                return Ok(Item::Event(event));
            }
            if *self.head.borrow_and_update() <= self.last {
                // The sender lives in our own channel, so this cannot fail.
                drop(self.head.changed().await);
                continue;
            }
            // Boxed: an idle listener should not carry the room that reading needs.
            self.ready = Box::pin(self.channel.after(&self.scope, self.last)).await?.into();
            match self.ready.front().map(|event| event.seq) {
                Some(first) if first > self.last + 1 => {
                    self.last = first - 1;
                    return Ok(Item::Gap(self.last));
                }
                Some(_) => {}
                // The head is known before its events can be read only for the blink of a commit.
                None => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        }
    }

    /// The number of the last event that was given out.
    pub const fn last(&self) -> i64 {
        self.last
    }
}

impl Channel {
    fn start(scope: &Scope, head: i64) -> Arc<Self> {
        let channel = Arc::new(Self {
            head: watch::Sender::new(head),
            ring: Mutex::default(),
            reading: tokio::sync::Mutex::default(),
        });
        let (weak, scope) = (Arc::downgrade(&channel), scope.clone());
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(ASK_EVERY).await;
                let Some(channel) = weak.upgrade() else { return };
                if let Ok(head) = scope.db().cache().generation(&scope).await {
                    channel.advance(head);
                }
            }
        });
        channel
    }

    pub(super) fn advance(&self, seq: i64) {
        self.head.send_if_modified(|head| {
            let forward = seq > *head;
            *head = seq.max(*head);
            forward
        });
    }

    async fn after(&self, scope: &Scope, last: i64) -> Result<Vec<Arc<Event>>, DataError> {
        if let Some(events) = self.in_ring(last) {
            return Ok(events);
        }
        let _reading = self.reading.lock().await;
        if let Some(events) = self.in_ring(last) {
            return Ok(events);
        }
        let tx = scope.begin().await?;
        let events: Vec<_> = read::after(&tx, last, READ_AT_ONCE).await?.into_iter().map(Arc::new).collect();
        tx.commit().await?;
        self.keep(&events);
        Ok(events)
    }

    fn in_ring(&self, last: i64) -> Option<Vec<Arc<Event>>> {
        let ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        let (first, end) = (ring.front()?.seq, ring.back()?.seq);
        // There are no gaps in it, so the place of an event follows from its number.
        let known = usize::try_from(last + 1 - first).ok().filter(|_| last < end)?;
        Some(ring.range(known..).cloned().collect())
    }

    // Only what continues the ring may join it; a listener that catches up from far back leaves it alone.
    fn keep(&self, events: &[Arc<Event>]) {
        let mut ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        for event in events {
            match ring.back().map(|e| e.seq) {
                Some(end) if event.seq == end + 1 => ring.push_back(Arc::clone(event)),
                Some(end) if event.seq > end + 1 => {
                    ring.clear();
                    ring.push_back(Arc::clone(event));
                }
                None => ring.push_back(Arc::clone(event)),
                Some(_) => {}
            }
        }
        while ring.len() > RING {
            ring.pop_front();
        }
    }
}
