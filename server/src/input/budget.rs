//! How much memory the bodies of requests may use in this process. A body is counted while it is read and returned to the
//! budget when its request is handled. When the budget is spent, further requests are rejected and may be retried. So many
//! senders at once cost time, not memory.

use std::num::NonZero;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What each request may hold without asking: orders and forms are mostly smaller, and never meet the budget.
const FREE: usize = 16 * 1024;
/// Larger bodies are parsed on a thread of their own, so that the threads of the server stay free.
const LARGE: usize = 64 * 1024;
const UNIT: usize = 1024;

/// The budget of the process.
#[derive(Clone, Debug)]
pub struct Budget {
    bytes: Arc<Semaphore>,
    readers: Arc<Semaphore>,
}

/// What one request holds of it, given back when dropped.
#[derive(Debug)]
#[must_use = "dropping it gives the memory back"]
pub struct Held {
    budget: Budget,
    bytes: usize,
    taken: Option<OwnedSemaphorePermit>,
}

/// The budget is spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spent;

impl Budget {
    /// Of so many bytes; as many large bodies are read at once as there are cores.
    pub fn new(bytes: usize) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        Self { bytes: Arc::new(Semaphore::new(bytes / UNIT)), readers: Arc::new(Semaphore::new(cores)) }
    }

    /// Nothing of it yet.
    pub fn hold(&self) -> Held {
        Held { budget: self.clone(), bytes: 0, taken: None }
    }

    /// Does `work` on a body of `size` bytes: at once when that is quick, else on a thread of its own.
    pub async fn read<T: Send + 'static>(&self, size: usize, work: impl FnOnce() -> T + Send + 'static) -> T {
        if size <= LARGE {
            return work();
        }
        // It is never closed.
        let _turn = self.readers.acquire().await;
        match tokio::task::spawn_blocking(work).await {
            Ok(done) => done,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // The process is ending, and this task with it.
                Err(_) => std::future::pending().await,
            },
        }
    }
}

impl Held {
    /// Holds `more` bytes besides.
    ///
    /// # Errors
    /// When the process holds as much as it may.
    pub fn grow(&mut self, more: usize) -> Result<(), Spent> {
        self.bytes += more;
        let wanted = self.bytes.saturating_sub(FREE).div_ceil(UNIT);
        let missing = wanted.saturating_sub(self.taken.as_ref().map_or(0, OwnedSemaphorePermit::num_permits));
        if missing == 0 {
            return Ok(());
        }
        let units = u32::try_from(missing).map_err(|_| Spent)?;
        let permit = Arc::clone(&self.budget.bytes).try_acquire_many_owned(units).map_err(|_| {
            metrics::counter!("stoa_bodies_refused_total").increment(1);
            Spent
        })?;
        match &mut self.taken {
            Some(taken) => taken.merge(permit),
            none => *none = Some(permit),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_is_bounded_and_given_back() {
        let budget = Budget::new(100 * 1024);
        let (mut one, mut two) = (budget.hold(), budget.hold());
        for _ in 0..100 {
            one.grow(1024).unwrap();
        }
        assert_eq!(two.grow(17 * 1024), Ok(()), "16 KiB of the first cost nothing");
        assert_eq!(two.grow(16 * 1024), Err(Spent));
        let mut small = budget.hold();
        assert_eq!(small.grow(FREE), Ok(()), "small bodies are still accepted");
        drop(one);
        assert_eq!(two.grow(80 * 1024), Ok(()));
    }

    #[tokio::test]
    async fn large_bodies_are_read_on_another_thread() {
        let budget = Budget::new(1);
        let here = std::thread::current().id();
        assert_eq!(budget.read(10, || std::thread::current().id()).await, here);
        assert_ne!(budget.read(LARGE + 1, || std::thread::current().id()).await, here);
    }
}
