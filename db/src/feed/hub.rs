//! Where commits are announced: to the listeners and the cache of this process at once, to other processes
//! through one task that gathers announcements and sends them with NOTIFY. A lost announcement costs at
//! most a second: listeners and cache ask for the head by themselves that often.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use domain::ids::TenantId;
use tokio::sync::mpsc;

use super::channel::Channel;

/// Called at every announcement.
type Seen = dyn Fn(TenantId, i64) + Send + Sync;

/// Announcements of one process.
pub struct Hub {
    outgoing: mpsc::UnboundedSender<(TenantId, i64)>,
    waiting: Mutex<Option<mpsc::UnboundedReceiver<(TenantId, i64)>>>,
    channels: Mutex<HashMap<TenantId, Weak<Channel>>>,
    seen: Mutex<Option<Box<Seen>>>,
    // Tenants that were announced since somebody asked last; none before somebody asked at all.
    heard: Mutex<Option<HashSet<TenantId>>>,
}

impl Hub {
    pub(crate) fn new() -> Self {
        let (outgoing, waiting) = mpsc::unbounded_channel();
        Self {
            outgoing,
            waiting: Mutex::new(Some(waiting)),
            channels: Mutex::default(),
            seen: Mutex::default(),
            heard: Mutex::default(),
        }
    }

    /// Says that the tenant's feed now reaches `seq`: here at once, elsewhere soon.
    pub(crate) fn announce(&self, tenant: TenantId, seq: i64) {
        self.arrived(tenant, seq);
        // Without a sender task (a process that is about to end) others find out by asking.
        let _unsent = self.outgoing.send((tenant, seq));
    }

    /// Takes note of an announcement, wherever it came from.
    pub(super) fn arrived(&self, tenant: TenantId, seq: i64) {
        if let Some(seen) = self.seen.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            seen(tenant, seq);
        }
        if let Some(heard) = self.heard.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            heard.insert(tenant);
        }
        let channel = self.channels.lock().unwrap_or_else(PoisonError::into_inner).get(&tenant).and_then(Weak::upgrade);
        if let Some(channel) = channel {
            channel.advance(seq);
        }
    }

    /// Calls `seen` at every announcement.
    pub(crate) fn on_arrival(&self, seen: impl Fn(TenantId, i64) + Send + Sync + 'static) {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(seen));
    }

    /// The tenants that were announced since the last call; none at the first. For one caller in a process.
    pub fn take_heard(&self) -> HashSet<TenantId> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).replace(HashSet::new()).unwrap_or_default()
    }

    /// The announcements to be sent to other processes; once.
    pub(super) fn take_outgoing(&self) -> Option<mpsc::UnboundedReceiver<(TenantId, i64)>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The channel of the tenant's listeners, made by `make` when there is none.
    pub(super) fn channel(&self, tenant: TenantId, make: impl FnOnce() -> Arc<Channel>) -> Arc<Channel> {
        let mut channels = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(channel) = channels.get(&tenant).and_then(Weak::upgrade) {
            return channel;
        }
        channels.retain(|_, channel| channel.strong_count() > 0);
        let channel = make();
        channels.insert(tenant, Arc::downgrade(&channel));
        channel
    }

    /// How many tenants have listeners.
    pub fn listened_tenants(&self) -> usize {
        let channels = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
        channels.values().filter(|c| c.strong_count() > 0).count()
    }
}
