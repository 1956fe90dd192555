//! What is known of one connection, without a timer of its own: what it does now, and since when.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::time::Instant;

use tokio::sync::Notify;

use super::connection_limits::ConnectionLimits;

/// How full it is, as an extension of requests that came when it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crowd {
    /// Only signed-in users, programs with a key, and health checks are answered.
    Known,
    /// Only health checks are answered.
    Watchers,
}

/// What a connection does while no request of it is being answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Nothing was ever heard.
    Silent,
    /// A request has begun to arrive.
    Head,
    /// A request was answered, and no other has begun.
    Idle,
}

/// One connection.
#[derive(Debug)]
pub struct Connection {
    began: Instant,
    /// From where.
    pub address: IpAddr,
    /// How full it was when it came.
    pub crowd: Option<Crowd>,
    phase: AtomicU8,
    // Milliseconds after `began`.
    since: AtomicU64,
    // Since when an answer waits to be read on, plus one; 0 when none does.
    unread: AtomicU64,
    answering: AtomicU32,
    is_http2: AtomicBool,
    is_doomed: AtomicBool,
    doom: Notify,
}

/// A request that is being answered; it ends when the answer's body does.
#[derive(Debug)]
pub struct Answering(Arc<Connection>);

impl Connection {
    /// One that was just opened.
    pub fn new(address: IpAddr, crowd: Option<Crowd>) -> Self {
        Self {
            began: Instant::now(),
            address,
            crowd,
            phase: AtomicU8::new(Phase::Silent as u8),
            since: AtomicU64::new(0),
            unread: AtomicU64::new(0),
            answering: AtomicU32::new(0),
            is_http2: AtomicBool::new(false),
            is_doomed: AtomicBool::new(false),
            doom: Notify::new(),
        }
    }

    /// A request arrived.
    pub fn begin(self: &Arc<Self>) -> Answering {
        self.answering.fetch_add(1, Relaxed);
        Answering(Arc::clone(self))
    }

    /// Bytes arrived.
    pub fn heard(&self, bytes: &[u8]) {
        if self.answering.load(Relaxed) > 0 {
            return;
        }
        match self.phase() {
            Phase::Head => {}
            // What HTTP/2 says between requests is no beginning of one.
            Phase::Idle if self.is_http2.load(Relaxed) => {}
            phase => {
                if phase == Phase::Silent && bytes.starts_with(b"PRI") {
                    self.is_http2.store(true, Relaxed);
                }
                self.enter(Phase::Head);
            }
        }
    }

    /// What was written was taken, or must wait until more was read.
    pub fn wrote(&self, waits: bool) {
        let was = self.unread.load(Relaxed);
        if waits && was == 0 {
            self.unread.store(self.now() + 1, Relaxed);
        } else if !waits && was != 0 {
            self.unread.store(0, Relaxed);
            if self.phase() == Phase::Idle {
                self.since.store(self.now(), Relaxed);
            }
        }
    }

    /// Whether it does something that it may not do for so long.
    pub fn is_overdue(&self, limits: &ConnectionLimits) -> bool {
        let for_millis = |since: u64| u128::from(self.now().saturating_sub(since));
        let unread = self.unread.load(Relaxed);
        if unread != 0 && for_millis(unread - 1) > limits.unread.as_millis() {
            return true;
        }
        let Some(phase) = self.waits() else { return false };
        let limit = match phase {
            Phase::Silent => limits.first_byte,
            Phase::Head => limits.head,
            Phase::Idle => limits.idle,
        };
        unread == 0 && for_millis(self.since.load(Relaxed)) > limit.as_millis()
    }

    /// What it does while nothing of it is being answered, if nothing is.
    pub fn waits(&self) -> Option<Phase> {
        let waits = self.answering.load(Relaxed) == 0 && !self.is_doomed.load(Relaxed);
        waits.then(|| self.phase())
    }

    /// Since when it does what it does.
    pub fn waiting_since(&self) -> Instant {
        self.began + std::time::Duration::from_millis(self.since.load(Relaxed))
    }

    /// Closes it; whether it was open until now.
    pub fn close(&self) -> bool {
        let is_first = !self.is_doomed.swap(true, Relaxed);
        self.doom.notify_one();
        is_first
    }

    /// Ends when it is to be closed.
    pub async fn doomed(&self) {
        self.doom.notified().await;
    }

    fn phase(&self) -> Phase {
        match self.phase.load(Relaxed) {
            0 => Phase::Silent,
            1 => Phase::Head,
            _ => Phase::Idle,
        }
    }

    fn enter(&self, phase: Phase) {
        self.since.store(self.now(), Relaxed);
        self.phase.store(phase as u8, Relaxed);
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        if self.0.answering.fetch_sub(1, Relaxed) == 1 {
            self.0.enter(Phase::Idle);
        }
    }
}
