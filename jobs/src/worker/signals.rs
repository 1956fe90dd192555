//! What a worker tells the jobs that it runs.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use db::queue::Lease;
use tokio_util::sync::CancellationToken;

/// What is told to all jobs of one life of a worker.
#[derive(Clone)]
pub(super) struct Signals {
    /// The worker is about to stop: end soon.
    pub stop: CancellationToken,
    /// The time to end is over: what still runs is dropped and goes to another worker.
    pub drained: CancellationToken,
    /// The worker was thought dead: its jobs are others' by now.
    pub lost: CancellationToken,
    at_work: Arc<Mutex<HashMap<Lease, CancellationToken>>>,
}

impl Signals {
    pub(super) fn new(stop: CancellationToken) -> Self {
        let (drained, lost) = (CancellationToken::new(), CancellationToken::new());
        Self { stop, drained, lost, at_work: Arc::default() }
    }

    /// Takes note of a job; what it gets is cancelled when it is called off.
    pub(super) fn begin(&self, lease: Lease) -> CancellationToken {
        let called_off = self.lost.child_token();
        self.lock().insert(lease, called_off.clone());
        called_off
    }

    pub(super) fn end(&self, lease: &Lease) {
        self.lock().remove(lease);
    }

    /// The jobs at work now.
    pub(super) fn at_work(&self) -> Vec<Lease> {
        self.lock().keys().copied().collect()
    }

    pub(super) fn call_off(&self, lease: &Lease) {
        if let Some(token) = self.lock().get(lease) {
            token.cancel();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Lease, CancellationToken>> {
        self.at_work.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
