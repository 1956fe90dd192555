//! Threads for what is meant to be expensive. The operating system runs them when nothing else wants the processor:
//! two hundred people who sign in at once wait for each other, and nobody else waits for them.

use std::io;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

// A tenth of the weight of other threads, where 19 would be a hundredth: who signs in to a busy machine still gets in.
const NICENESS: i32 = 10;

type Work = Box<dyn FnOnce() + Send>;

/// A fixed number of threads; they end when the last handle is gone.
#[derive(Clone)]
pub(super) struct PatientThreads(Sender<Work>);

impl PatientThreads {
    /// Starts so many.
    pub(super) fn start(threads: usize) -> io::Result<Self> {
        let (sender, receiver) = mpsc::channel();
        let receiver = Arc::new(Mutex::new(receiver));
        for _ in 0..threads.max(1) {
            let receiver = Arc::clone(&receiver);
            thread::Builder::new().name("patient".to_owned()).spawn(move || serve(&receiver))?;
        }
        Ok(Self(sender))
    }

    /// What `work` comes to; `None` when it panics.
    pub(super) async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let (told, result) = tokio::sync::oneshot::channel();
        let work = move || {
            // Nobody listens any more where a browser has closed its connection.
            let _unheard = told.send(work());
        };
        self.0.send(Box::new(work)).ok()?;
        result.await.ok()
    }
}

fn serve(receiver: &Mutex<Receiver<Work>>) {
    // Of this thread alone; where the system has no such thing or forbids it, they are threads like any other.
    if let Err(error) = rustix::process::setpriority_process(None, NICENESS) {
        tracing::debug!(%error, "a thread cannot be made patient");
    }
    loop {
        let next = receiver.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(work) = next else { return };
        if std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).is_err() {
            tracing::error!("work of a patient thread panicked");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_panics_leaves_the_thread_to_others_and_the_caller_at_its_own_priority() {
        let before = rustix::process::getpriority_process(None).unwrap();
        let threads = PatientThreads::start(1).unwrap();
        assert_eq!(threads.run(|| -> u8 { panic!("on purpose") }).await, None);
        let inside = threads.run(|| rustix::process::getpriority_process(None).unwrap()).await.unwrap();
        assert!(inside == NICENESS || (inside == before && before > NICENESS), "{inside}");
        assert_eq!(rustix::process::getpriority_process(None).unwrap(), before);
    }
}
