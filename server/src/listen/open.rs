//! All open connections. When there are too many, the oldest silent ones are closed: a client that only holds a connection
//! never keeps another out.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::connection::{Connection, Crowd, Phase};
use super::connection_limits::ConnectionLimits;

/// How many may be open beyond the limit while others close.
const CLOSING: usize = 16;
const PATIENCE: Duration = Duration::from_millis(100);

/// The connections.
#[derive(Clone, Debug)]
pub struct Open(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    limits: ConnectionLimits,
    all: Mutex<All>,
    freed: Notify,
}

#[derive(Debug, Default)]
struct All {
    next: u64,
    by_number: HashMap<u64, Arc<Connection>>,
    by_address: HashMap<IpAddr, usize>,
}

/// A connection's place among them; free again when dropped.
#[derive(Debug)]
pub struct Entry {
    open: Open,
    number: u64,
    connection: Arc<Connection>,
}

impl Open {
    /// None yet.
    pub fn new(limits: ConnectionLimits) -> Self {
        Self(Arc::new(Shared { limits, all: Mutex::default(), freed: Notify::new() }))
    }

    /// A place for a connection from `address`, unless it has too many or there is none.
    pub async fn admit(&self, address: IpAddr) -> Option<Entry> {
        let limits = &self.0.limits;
        let count = self.all().by_number.len();
        if count >= limits.crowded() {
            self.make_room();
        }
        if count >= limits.most + CLOSING {
            // Those that were asked to close do so as soon as their tasks run.
            let _closed = tokio::time::timeout(PATIENCE, self.0.freed.notified()).await;
        }
        let (address, is_local) = (network(address), address.to_canonical().is_loopback());
        let mut all = self.all();
        // Busy connections are counted only when there is little room.
        let is_busy = |connection: &&Arc<Connection>| connection.waits().is_none();
        let busy = if count < limits.crowded() { 0 } else { all.by_number.values().filter(is_busy).count() };
        if all.by_number.len() >= limits.most + CLOSING || busy >= limits.most {
            return refuse("full");
        }
        let theirs = all.by_address.get(&address).copied().unwrap_or(0);
        if limits.per_address != 0 && !is_local && theirs >= limits.per_address {
            return refuse("address");
        }
        let crowd = if busy >= limits.last() {
            Some(Crowd::Watchers)
        } else if busy >= limits.crowded() {
            Some(Crowd::Known)
        } else {
            None
        };
        let (number, connection) = (all.next, Arc::new(Connection::new(address, crowd)));
        all.next += 1;
        all.by_number.insert(number, Arc::clone(&connection));
        *all.by_address.entry(address).or_default() += 1;
        metrics::gauge!("stoa_connections_open").set(all.by_number.len() as f64);
        Some(Entry { open: self.clone(), number, connection })
    }

    /// Closes the oldest connection that never sent a whole request, else the one that has been idle for longest.
    pub fn make_room(&self) {
        let all = self.all();
        let rank = |connection: &&Arc<Connection>| {
            let is_idle = connection.waits() == Some(Phase::Idle);
            (is_idle, connection.waiting_since())
        };
        let oldest = all.by_number.values().filter(|c| c.waits().is_some()).min_by_key(rank);
        if let Some(connection) = oldest {
            close(connection, "room");
        }
    }

    /// Closes connections beyond the limits of time, until it is dropped.
    pub async fn sweep(self) {
        let limits = self.0.limits;
        let shortest = limits.first_byte.min(limits.head).min(limits.idle).min(limits.unread);
        let every = (shortest / 4).clamp(Duration::from_millis(10), Duration::from_secs(1));
        loop {
            tokio::time::sleep(every).await;
            let all = self.all();
            for connection in all.by_number.values().filter(|connection| connection.is_overdue(&limits)) {
                close(connection, "late");
            }
        }
    }

    fn all(&self) -> MutexGuard<'_, All> {
        self.0.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    /// What is known of the connection.
    pub fn connection(&self) -> Arc<Connection> {
        Arc::clone(&self.connection)
    }

    /// Ends when it is to be closed.
    pub async fn doomed(&self) {
        self.connection.doomed().await;
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut all = self.open.all();
        all.by_number.remove(&self.number);
        let address = self.connection.address;
        if let Some(count) = all.by_address.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                all.by_address.remove(&address);
            }
        }
        metrics::gauge!("stoa_connections_open").set(all.by_number.len() as f64);
        self.open.0.freed.notify_one();
    }
}

fn close(connection: &Connection, reason: &'static str) {
    if connection.close() {
        metrics::counter!("stoa_connections_closed_total", "reason" => reason).increment(1);
    }
}

fn refuse(reason: &'static str) -> Option<Entry> {
    metrics::counter!("stoa_connections_refused_total", "reason" => reason).increment(1);
    None
}

// One household or office has a network of IPv6 to itself.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
        address => address,
    }
}
