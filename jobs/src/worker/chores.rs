//! What a worker does beside its jobs: shows itself, rescues others' jobs, makes ready what is due, keeps the timetable,
//! writes down what was counted.

use std::collections::HashSet;

use db::platform::Platform;
use db::queue::Lease;
use db::queue::engine::{Beat, Engine};
use db::queue::timetable;
use tokio::time::{MissedTickBehavior, interval};

use super::options::Options;
use super::signals::Signals;

/// Shows the worker every beat until it is stopped or lost, and rescues the jobs of workers that show themselves no more.
pub(super) async fn pulse(engine: Engine, options: Options, signals: Signals) {
    let mut beat = interval(options.beat);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut doubts = Doubts::default();
    loop {
        beat.tick().await;
        let before = signals.at_work();
        match engine.beat().await {
            Ok(Beat::Holds(held)) => doubts.resolve(&engine, &signals, before, held).await,
            Ok(Beat::Lost) => {
                tracing::warn!(worker = %engine.worker(), "this worker was considered lost; its jobs were taken over");
                signals.lost.cancel();
                return;
            }
            Err(error) => tracing::warn!(%error, "cannot record the heartbeat of this worker"),
        }
        match engine.rescue(options.silence).await {
            Ok(0) => {}
            Ok(rescued) => tracing::warn!(rescued, "took over the jobs of a lost worker"),
            Err(error) => tracing::warn!(%error, "cannot check for lost workers"),
        }
    }
}

/// Does every poll what must be done now and then.
pub(super) async fn upkeep(engine: Engine, options: Options) {
    let platform = Platform::command(engine.db().clone());
    let mut poll = interval(options.poll);
    poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        poll.tick().await;
        if let Err(error) = engine.stage().await {
            tracing::warn!(%error, "cannot start scheduled jobs");
        }
        match timetable::tick(&platform).await {
            Ok(ticked) if ticked.missed > 0 => tracing::warn!(missed = ticked.missed, "the schedule missed runs"),
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "cannot run the schedule"),
        }
        if let Err(error) = engine.flush().await {
            tracing::debug!(%error, "cannot store job statistics");
        }
    }
}

// What the worker and the table disagree about. Only what they disagree about twice is acted on: jobs begin and end
// between the two looks.
#[derive(Default)]
struct Doubts {
    // At work here, not held there: called off.
    gone: HashSet<Lease>,
    // Held there, not at work here: the answer to a claim that got lost.
    orphans: HashSet<Lease>,
}

impl Doubts {
    async fn resolve(&mut self, engine: &Engine, signals: &Signals, before: Vec<Lease>, held: HashSet<Lease>) {
        let gone: HashSet<Lease> = before.iter().filter(|lease| !held.contains(lease)).copied().collect();
        for lease in gone.intersection(&self.gone) {
            signals.call_off(lease);
        }
        let here: HashSet<Lease> = before.into_iter().chain(signals.at_work()).collect();
        let orphans: HashSet<Lease> = held.difference(&here).copied().collect();
        for lease in orphans.intersection(&self.orphans) {
            match engine.let_go(lease).await {
                Ok(()) => tracing::warn!(job = %lease.job, "released a job without a worker"),
                Err(error) => tracing::warn!(job = %lease.job, %error, "cannot release a job without a worker"),
            }
        }
        (self.gone, self.orphans) = (gone, orphans);
    }
}
