//! Who waits for locks, as PostgreSQL shows it: looked at every few milliseconds, by the name that a connection gave
//! itself.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::{Connection, PgConnection};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const EVERY: Duration = Duration::from_millis(3);
const SEEN: &str = "select a.application_name, l.pid, l.waitstart, \
      (extract(epoch from clock_timestamp() - l.waitstart) * 1000000)::bigint \
    from pg_locks l join pg_stat_activity a on a.pid = l.pid \
    where not l.granted and l.waitstart is not null and a.datname = current_database()";

/// Each wait by its session's name, process and beginning, with the longest that it was seen to last.
type Waits = HashMap<(String, i32, DateTime<Utc>), Duration>;

/// Somebody who looks.
pub struct Watch {
    stop: CancellationToken,
    looking: JoinHandle<Waits>,
}

/// What was seen.
pub struct Seen(Waits);

impl Watch {
    /// Begins to look at the database of this URL.
    pub async fn begin(url: &str) -> Self {
        let (stop, mut conn) = (CancellationToken::new(), PgConnection::connect(url).await.unwrap());
        let stopped = stop.clone();
        let looking = tokio::spawn(async move {
            let mut waits = Waits::new();
            while stopped.run_until_cancelled(tokio::time::sleep(EVERY)).await.is_some() {
                let rows: Vec<(String, i32, DateTime<Utc>, i64)> =
                    sqlx::query_as(SEEN).fetch_all(&mut conn).await.unwrap();
                for (name, pid, since, micros) in rows {
                    let lasted = Duration::from_micros(u64::try_from(micros).unwrap_or(0));
                    let longest = waits.entry((name, pid, since)).or_default();
                    *longest = lasted.max(*longest);
                }
            }
            waits
        });
        Self { stop, looking }
    }

    /// Ends looking.
    pub async fn end(self) -> Seen {
        self.stop.cancel();
        Seen(self.looking.await.unwrap())
    }
}

impl Seen {
    /// How long sessions of this name waited altogether between two moments.
    pub fn of(&self, name: &str, (from, to): (DateTime<Utc>, DateTime<Utc>)) -> Duration {
        let within =
            |(key, _): &(&(String, i32, DateTime<Utc>), &Duration)| key.0 == name && key.2 >= from && key.2 <= to;
        self.0.iter().filter(within).map(|(_, lasted)| *lasted).sum()
    }

    /// How many waits of sessions whose names begin like this.
    pub fn count(&self, name: &str) -> usize {
        self.0.keys().filter(|key| key.0.starts_with(name)).count()
    }
}
