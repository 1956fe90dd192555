//! How fast a body must come. A sender may be slow, but not for ever: only the time that the server waits for them counts,
//! so a handler that is busy with what came already costs them nothing.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep};

/// How slow a sender may be.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// How long the server waits in all, before what came counts.
    pub grace: Duration,
    /// How many bytes buy another second.
    pub bytes_a_second: u32,
    /// The longest silence.
    pub silence: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { grace: Duration::from_secs(15), bytes_a_second: 2_048, silence: Duration::from_secs(20) }
    }
}

/// A body at a pace.
pub struct Paced {
    inner: Body,
    pace: Pace,
    // While somebody waits: since when, and until when they will.
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
    waited: Duration,
    read: u64,
    too_slow: Arc<AtomicBool>,
}

/// The sender is too slow.
#[derive(Debug, thiserror::Error)]
#[error("the body arrives too slowly")]
pub struct TooSlow;

impl Paced {
    /// `inner` at this pace; the flag is set when it is not kept.
    pub fn new(inner: Body, pace: Pace) -> (Self, Arc<AtomicBool>) {
        let too_slow = Arc::<AtomicBool>::default();
        let flag = Arc::clone(&too_slow);
        (Self { inner, pace, waiting: None, waited: Duration::ZERO, read: 0, too_slow }, flag)
    }

    fn patience(&self) -> Duration {
        let bought = self.read as f64 / f64::from(self.pace.bytes_a_second.max(1));
        let all = self.pace.grace.saturating_add(Duration::try_from_secs_f64(bought).unwrap_or(Duration::MAX));
        all.saturating_sub(self.waited).min(self.pace.silence)
    }
}

impl HttpBody for Paced {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::BoxError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.inner).poll_frame(context) {
            if let Some((since, _)) = self.waiting.take() {
                self.waited += since.elapsed();
            }
            if let Some(Ok(data)) = frame.as_ref().map(|f| f.as_ref().map(Frame::data_ref)) {
                self.read += data.map_or(0, |bytes| bytes.len() as u64);
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let patience = self.patience();
        let waiting = self.waiting.get_or_insert_with(|| (Instant::now(), Box::pin(tokio::time::sleep(patience))));
        ready!(waiting.1.as_mut().poll(context));
        self.too_slow.store(true, Ordering::Relaxed);
        Poll::Ready(Some(Err(Box::new(TooSlow))))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;
    use futures::stream::{self, StreamExt};

    use super::*;

    const PACE: Pace =
        Pace { grace: Duration::from_millis(300), bytes_a_second: 2_000, silence: Duration::from_millis(500) };
    const SHORT: Duration = Duration::from_millis(10);

    // Pieces of so many bytes, each after a while.
    fn body(size: usize, every: Duration, pieces: usize) -> Body {
        let pieces = stream::iter(0..pieces).then(move |_| async move {
            tokio::time::sleep(every).await;
            Ok::<_, std::convert::Infallible>(vec![b'x'; size])
        });
        Body::from_stream(pieces)
    }

    async fn read(body: Body) -> (Result<usize, ()>, bool) {
        let (paced, flag) = Paced::new(body, PACE);
        let read = to_bytes(Body::new(paced), usize::MAX).await.map(|bytes| bytes.len()).map_err(drop);
        (read, flag.load(Ordering::Relaxed))
    }

    #[tokio::test]
    async fn a_slow_sender_is_waited_for_and_a_slower_one_is_not() {
        assert_eq!(read(body(100, SHORT, 60)).await, (Ok(6_000), false), "it keeps the pace");
        assert_eq!(read(body(1, SHORT, 200)).await, (Err(()), true), "a letter now and then");
        assert_eq!(read(body(1, SHORT, 5)).await, (Ok(5), false), "within the grace");
        let fast = body(1_000_000, SHORT, 1).into_data_stream();
        let silent = fast.chain(body(1, Duration::from_secs(60), 1).into_data_stream());
        assert_eq!(read(Body::from_stream(silent)).await, (Err(()), true), "no silence is bought");
    }

    #[tokio::test]
    async fn a_busy_reader_is_not_the_senders_fault() {
        let (mut paced, _) = Paced::new(body(1, SHORT, 20), PACE);
        for _ in 0..8 {
            let frame = std::future::poll_fn(|context| Pin::new(&mut paced).poll_frame(context)).await;
            assert!(frame.unwrap().is_ok());
            tokio::time::sleep(10 * SHORT).await;
        }
    }
}
