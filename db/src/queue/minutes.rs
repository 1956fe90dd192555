//! Figures by minute, gathered in a worker's memory and added to the table once a second: no job waits for a counter.
//! What a killed worker had not written yet (a second's worth) is missing from charts; history has it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use domain::jobs::RunOutcome;
use sqlx::PgPool;

use crate::error::DataError;

type Key = (DateTime<Utc>, &'static str, &'static str);

/// What came of jobs and is not written yet.
#[derive(Default)]
pub struct Minutes(Mutex<HashMap<Key, Sums>>);

#[derive(Clone, Copy, Default)]
struct Sums {
    outcomes: [i64; 7],
    wait_sum: i64,
    wait_max: i64,
    run_sum: i64,
    run_max: i64,
}

impl Minutes {
    /// Counts an attempt that ended at `at`. A snooze's times are left out: it did no work.
    pub fn count(
        &self,
        at: DateTime<Utc>,
        (kind, queue): (&'static str, &'static str),
        outcome: RunOutcome,
        (wait, run): (TimeDelta, TimeDelta),
    ) {
        let minute = at.duration_trunc(TimeDelta::minutes(1)).unwrap_or(at);
        let mut sums = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let sums = sums.entry((minute, kind, queue)).or_default();
        let Some(place) = column(outcome) else { return };
        sums.outcomes[place] += 1;
        if outcome != RunOutcome::Snoozed {
            let (wait, run) = (wait.num_milliseconds().max(0), run.num_milliseconds().max(0));
            sums.wait_sum += wait;
            sums.wait_max = sums.wait_max.max(wait);
            sums.run_sum += run;
            sums.run_max = sums.run_max.max(run);
        }
    }

    /// Writes down what was counted since the last time. What cannot be written is kept for the next.
    pub(super) async fn flush(&self, pool: &PgPool) -> Result<(), DataError> {
        let taken = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        // In one order everywhere, so that workers do not wait for each other in a circle.
        let mut rows: Vec<(Key, Sums)> = taken.into_iter().collect();
        rows.sort_unstable_by_key(|(key, _)| *key);
        if rows.is_empty() {
            return Ok(());
        }
        let written = write(pool, &rows).await;
        if written.is_err() {
            let mut sums = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            for (key, unwritten) in rows {
                sums.entry(key).or_default().add(&unwritten);
            }
        }
        written
    }
}

impl Sums {
    fn add(&mut self, other: &Self) {
        for (sum, more) in self.outcomes.iter_mut().zip(other.outcomes) {
            *sum += more;
        }
        self.wait_sum += other.wait_sum;
        self.run_sum += other.run_sum;
        self.wait_max = self.wait_max.max(other.wait_max);
        self.run_max = self.run_max.max(other.run_max);
    }
}

// Places in `Sums::outcomes`, in the order of the columns below.
const fn column(outcome: RunOutcome) -> Option<usize> {
    match outcome {
        RunOutcome::Done => Some(0),
        RunOutcome::Failed => Some(1),
        RunOutcome::Dead => Some(2),
        RunOutcome::Snoozed => Some(3),
        RunOutcome::Cancelled => Some(4),
        RunOutcome::Crashed => Some(5),
        RunOutcome::Parked => Some(6),
        // Its rescue was counted already.
        RunOutcome::Stale => None,
    }
}

async fn write(pool: &PgPool, rows: &[(Key, Sums)]) -> Result<(), DataError> {
    // SQL: many sums at once, added to what stands there.
    let sql = "insert into job_minutes as m (minute, kind, queue, done, failed, dead, snoozed, cancelled, crashed, parked, wait_ms_sum, wait_ms_max, run_ms_sum, run_ms_max) \
               select * from unnest($1::timestamptz[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], \
                 $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[]) \
               on conflict (minute, kind, queue) do update set done = m.done + excluded.done, failed = m.failed + excluded.failed, \
                 dead = m.dead + excluded.dead, snoozed = m.snoozed + excluded.snoozed, cancelled = m.cancelled + excluded.cancelled, \
                 crashed = m.crashed + excluded.crashed, parked = m.parked + excluded.parked, \
                 wait_ms_sum = m.wait_ms_sum + excluded.wait_ms_sum, wait_ms_max = greatest(m.wait_ms_max, excluded.wait_ms_max), \
                 run_ms_sum = m.run_ms_sum + excluded.run_ms_sum, run_ms_max = greatest(m.run_ms_max, excluded.run_ms_max)";
    let numbers = |read: fn(&Sums) -> i64| rows.iter().map(|(_, sums)| read(sums)).collect::<Vec<i64>>();
    let mut query = sqlx::query(sql)
        .bind(rows.iter().map(|(key, _)| key.0).collect::<Vec<_>>())
        .bind(rows.iter().map(|(key, _)| key.1).collect::<Vec<_>>())
        .bind(rows.iter().map(|(key, _)| key.2).collect::<Vec<_>>());
    for place in 0..7 {
        query = query.bind(rows.iter().map(|(_, sums)| sums.outcomes[place]).collect::<Vec<i64>>());
    }
    query = query.bind(numbers(|s| s.wait_sum)).bind(numbers(|s| s.wait_max));
    query = query.bind(numbers(|s| s.run_sum)).bind(numbers(|s| s.run_max));
    query.execute(pool).await?;
    Ok(())
}
