//! What this process keeps of what it read, and the one rule by which all of it is believed:
//!
//! - **Age.** Whoever asks gets what was read no longer ago than its cache allows. Its age counts from the moment in which
//!   the reading began, because what it is about may change from then on.
//! - **One reading for all.** Who asks while somebody reads waits for that reading, within the same age. An error answers
//!   those who wait and is not kept.
//! - **Forgetting.** What is forgotten is given to nobody who asks afterwards. That includes what is being read in that
//!   moment: it answers those who asked before, and is not kept. So whoever changes something forgets it after the commit,
//!   and nobody believes what was read while it was changed.
//!
//! A change that nobody here hears of is believed for as long as the age allows, and no longer.

use std::future::ready;
use std::hash::Hash;
use std::sync::Arc;
use std::time::{Duration, Instant};

use moka::future::Cache;
use moka::ops::compute::Op;
use tokio::sync::OnceCell;

use crate::error::DataError;

/// The age of what no announcement keeps fresh. With what a request takes, it is safely within the second after which nothing
/// that is shown may be out of date.
pub(crate) const FRESH_FOR: Duration = Duration::from_millis(500);

/// Values by key.
pub(crate) struct Cached<K, V> {
    readings: Cache<K, Arc<Reading<V>>>,
}

/// One reading of a value. To forget it is to take it out of the map: whoever still reads fills what nobody finds again.
struct Reading<V> {
    began: Instant,
    result: OnceCell<Result<V, DataError>>,
}

impl<K, V> Cached<K, V>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// Room for `most` values that are believed for `age`.
    pub(crate) fn new(most: u64, age: Duration) -> Self {
        Self { readings: Cache::builder().max_capacity(most).time_to_live(age).build() }
    }

    /// The value of `key`, from `read` when nobody knows it.
    ///
    /// # Errors
    /// Those of `read`.
    pub(crate) async fn get<F>(&self, key: &K, read: impl FnOnce() -> F) -> Result<V, DataError>
    where
        F: Future<Output = Result<V, DataError>>,
    {
        self.get_within(Duration::MAX, key, read).await
    }

    /// [`Cached::get`] for who believes a value for `age` only.
    ///
    /// # Errors
    /// Those of `read`.
    pub(crate) async fn get_within<F>(&self, age: Duration, key: &K, read: impl FnOnce() -> F) -> Result<V, DataError>
    where
        F: Future<Output = Result<V, DataError>>,
    {
        if let Some(reading) = self.readings.get(key).await
            && reading.began.elapsed() < age
            && let Some(result) = reading.result.get()
        {
            return result.as_ref().cloned().map_err(DataError::again);
        }
        // Boxed when it is needed: most of the time it is not, and then it would only be moved about.
        Box::pin(self.read(age, key, read)).await
    }

    /// Forgets the value of `key`.
    pub(crate) async fn forget(&self, key: &K) {
        self.readings.invalidate(key).await;
    }

    /// Forgets the values of the keys that `is_meant`.
    pub(crate) async fn forget_where(&self, is_meant: impl Fn(&K) -> bool) {
        let keys: Vec<Arc<K>> = self.readings.iter().map(|(key, _)| key).filter(|key| is_meant(key)).collect();
        for key in keys {
            self.readings.invalidate(&*key).await;
        }
    }

    /// Forgets everything.
    pub(crate) fn forget_all(&self) {
        self.readings.invalidate_all();
    }

    async fn read<F>(&self, age: Duration, key: &K, read: impl FnOnce() -> F) -> Result<V, DataError>
    where
        F: Future<Output = Result<V, DataError>>,
    {
        let new = Arc::new(Reading { began: Instant::now(), result: OnceCell::new() });
        // One after another, so that of many who find nothing all but one find what the first put there.
        let entry = self.readings.entry_by_ref(key).and_compute_with(|found| {
            let is_believed = found.is_some_and(|found| found.value().began.elapsed() < age);
            ready(if is_believed { Op::Nop } else { Op::Put(Arc::clone(&new)) })
        });
        let reading = entry.await.into_entry().map_or(new, |entry| entry.into_value());
        let reads = async {
            let result = read().await;
            if result.is_err() {
                self.readings.invalidate(key).await;
            }
            result
        };
        let result = reading.result.get_or_init(|| reads).await;
        result.as_ref().cloned().map_err(DataError::again)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use futures::future::join_all;
    use tokio::sync::oneshot;

    use super::*;

    const LONG: Duration = Duration::from_secs(3_600);

    async fn get(cached: &Cached<u8, u32>, found: u32) -> u32 {
        cached.get(&1, || async move { Ok(found) }).await.unwrap()
    }

    #[tokio::test]
    async fn what_was_read_while_it_was_forgotten_is_believed_by_nobody_who_asks_later() {
        for way in 0..3 {
            let cached = Cached::<u8, u32>::new(10, LONG);
            let (began, has_begun) = oneshot::channel();
            let (end, may_end) = oneshot::channel();
            let reading = cached.get(&1, || async move {
                began.send(()).unwrap();
                may_end.await.unwrap();
                Ok(1)
            });
            let edit = async {
                has_begun.await.unwrap();
                match way {
                    0 => cached.forget(&1).await,
                    1 => cached.forget_where(|key| *key == 1).await,
                    _ => cached.forget_all(),
                }
                assert_eq!(get(&cached, 2).await, 2, "nobody waits for a reading from before the edit");
                end.send(()).unwrap();
            };
            let (before, ()) = tokio::join!(reading, edit);
            assert_eq!(before.unwrap(), 1, "whoever asked before the edit may get what was there then");
            assert_eq!(get(&cached, 3).await, 2);
        }
    }

    #[tokio::test]
    async fn only_what_is_meant_is_forgotten() {
        let cached = Cached::<u8, u32>::new(10, LONG);
        cached.get(&2, || async { Ok(20) }).await.unwrap();
        assert_eq!(get(&cached, 1).await, 1);
        cached.forget_where(|key| *key == 2).await;
        assert_eq!(get(&cached, 3).await, 1);
        assert_eq!(cached.get(&2, || async { Ok(21) }).await.unwrap(), 21);
    }

    #[tokio::test]
    async fn one_reading_answers_all_who_wait_and_its_error_is_not_kept() {
        let (cached, reads) = (Cached::<u8, u32>::new(10, LONG), AtomicU32::new(0));
        let failing = || async {
            reads.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
            Err(DataError::Busy)
        };
        for result in join_all((0..50).map(|_| cached.get(&1, failing))).await {
            assert!(matches!(result, Err(DataError::Busy)));
        }
        assert_eq!(reads.load(Ordering::Relaxed), 1);
        assert_eq!((get(&cached, 7).await, get(&cached, 8).await), (7, 7));
    }

    #[tokio::test]
    async fn a_reader_that_is_given_up_leaves_its_place_to_the_next() {
        let cached = Cached::<u8, u32>::new(10, LONG);
        let endless = cached.get(&1, std::future::pending);
        assert!(tokio::time::timeout(Duration::from_millis(5), endless).await.is_err());
        assert_eq!(get(&cached, 2).await, 2);
    }

    #[tokio::test]
    async fn its_age_counts_from_the_beginning_of_the_reading() {
        let cached = Cached::<u8, u32>::new(10, Duration::from_millis(100));
        let slow = cached.get(&1, || async {
            tokio::time::sleep(Duration::from_millis(120)).await;
            Ok(1)
        });
        assert_eq!(slow.await.unwrap(), 1);
        assert_eq!(get(&cached, 2).await, 2);
    }

    #[tokio::test]
    async fn who_believes_less_has_it_read_again_for_all() {
        let cached = Cached::<u8, u32>::new(10, LONG);
        assert_eq!(get(&cached, 1).await, 1);
        let within = async |age, found| cached.get_within(age, &1, || async move { Ok(found) }).await.unwrap();
        assert_eq!((within(LONG, 2).await, within(Duration::ZERO, 3).await), (1, 3));
        assert_eq!(get(&cached, 4).await, 3);
    }
}
