//! The worker: takes jobs as places come free, fairly between tenants, and runs them until it is asked to stop. Then it
//! takes no more, gives running ones some time, and lets go of the rest.

mod attempt;
mod chores;
mod options;
mod signals;

use std::time::Duration;

use db::Db;
use db::platform::Platform;
use db::queue::engine::{Claim, Claimed, Engine};
use db::queue::timetable;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout_at};
use tokio_util::sync::CancellationToken;

use crate::{partitions, webhooks};

pub use options::Options;
use signals::Signals;

const AGAIN: Duration = Duration::from_secs(1);
/// Jobs that end within this time are followed by others in one claim.
const GATHER: Duration = Duration::from_millis(3);
/// One part in so many of a queue's places is worth a claim.
const ENOUGH: usize = 4;

/// Works until `stop`. Waits for PostgreSQL when it is out of reach; takes a new name when it was thought dead.
pub async fn run(db: Db, options: Options, stop: CancellationToken) {
    let Some(Some(mut engine)) = stop.run_until_cancelled(open(&db, &options, &stop)).await else { return };
    let listening = tokio::spawn({
        let engine = engine.clone();
        async move { engine.listen().await }
    });
    let watching = tokio::spawn(partitions::watch(db.clone(), true, stop.clone()));
    let hearing = tokio::spawn(webhooks::watch(db, stop.clone()));
    while Life::new(engine.clone(), &options, &stop).live().await == End::Lost {
        let Some(again) = stop.run_until_cancelled(reborn(&engine, &options)).await else { break };
        engine = again;
    }
    listening.abort();
    watching.abort();
    hearing.abort();
    engine.close().await;
}

async fn open(db: &Db, options: &Options, stop: &CancellationToken) -> Option<Engine> {
    let introduction = options.introduction();
    while !stop.is_cancelled() {
        let opened = async {
            timetable::sync(&Platform::command(db.clone()), &(options.timetable)()).await?;
            Engine::open(db, options.connections, &introduction).await
        };
        match opened.await {
            Ok(engine) => return Some(engine),
            Err(error) => tracing::error!(%error, "cannot start the worker; retrying"),
        }
        tokio::time::sleep(AGAIN).await;
    }
    None
}

async fn reborn(engine: &Engine, options: &Options) -> Engine {
    loop {
        match engine.reborn(&options.introduction()).await {
            Ok(engine) => return engine,
            Err(error) => tracing::error!(%error, "cannot restart the worker; retrying"),
        }
        tokio::time::sleep(AGAIN).await;
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Stopped,
    Lost,
}

// A worker from its introduction until it stops or is given up by others.
struct Life<'a> {
    engine: Engine,
    options: &'a Options,
    signals: Signals,
    queues: Vec<Places>,
    running: JoinSet<Ended>,
    // Whether one runs that ended with its process before: one at a time.
    suspect: bool,
}

// The places of one queue.
struct Places {
    claim: Claim,
    all: usize,
    free: usize,
    // Whether there may be work.
    hungry: bool,
    // Whether there may be work that ended with its process before.
    wary: bool,
}

struct Ended {
    queue: &'static str,
    suspect: bool,
}

impl<'a> Life<'a> {
    fn new(engine: Engine, options: &'a Options, stop: &CancellationToken) -> Self {
        let places = |&(queue, all): &(&'static str, usize)| Places {
            claim: Claim::of(queue),
            all,
            free: all,
            hungry: true,
            wary: true,
        };
        Self {
            engine,
            options,
            signals: Signals::new(stop.clone()),
            queues: options.places.iter().map(places).collect(),
            running: JoinSet::new(),
            suspect: false,
        }
    }

    async fn live(mut self) -> End {
        tracing::info!(worker = %self.engine.worker(), places = ?self.options.places, "worker started");
        let pulse = tokio::spawn(chores::pulse(self.engine.clone(), self.options.clone(), self.signals.clone()));
        let upkeep = tokio::spawn(chores::upkeep(self.engine.clone(), self.options.clone()));
        let end = self.work().await;
        upkeep.abort();
        if end == End::Stopped {
            self.drain().await;
        }
        pulse.abort();
        self.finish().await;
        end
    }

    async fn work(&mut self) -> End {
        let mut bell = self.engine.bell();
        let mut poll = interval(self.options.poll);
        poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            self.take().await;
            tokio::select! {
                biased;
                () = self.signals.stop.cancelled() => return End::Stopped,
                () = self.signals.lost.cancelled() => return End::Lost,
                Some(ended) = self.running.join_next() => self.ended(ended),
                // The bell lives as long as the process.
                Ok(()) = bell.changed() => self.look(),
                _ = poll.tick() => self.look(),
            }
            self.gather().await;
        }
    }

    // Short jobs end one close after the other: a claim for many of them costs hardly more than one for one. So while few
    // places of a queue with work are free, this waits for more, but not for long: jobs may as well take hours.
    async fn gather(&mut self) {
        let until = Instant::now() + GATHER;
        loop {
            while let Some(ended) = self.running.try_join_next() {
                self.ended(ended);
            }
            let is_enough = |q: &Places| q.free * ENOUGH >= q.all;
            if !self.queues.iter().any(|q| q.hungry && q.free > 0)
                || self.queues.iter().any(|q| q.hungry && is_enough(q))
            {
                return;
            }
            match timeout_at(until, self.running.join_next()).await {
                Ok(Some(ended)) => self.ended(ended),
                Ok(None) | Err(_) => return,
            }
        }
    }

    fn look(&mut self) {
        for queue in &mut self.queues {
            (queue.hungry, queue.wary) = (true, true);
        }
    }

    fn ended(&mut self, ended: Result<Ended, tokio::task::JoinError>) {
        match ended {
            Ok(Ended { queue, suspect }) => {
                self.queues.iter_mut().filter(|q| q.claim.queue() == queue).for_each(|q| q.free += 1);
                if suspect {
                    self.suspect = false;
                    self.queues.iter_mut().for_each(|q| q.wary = true);
                }
            }
            Err(error) => tracing::error!(%error, "an attempt crashed"),
        }
    }

    // Fills the free places. A queue that gives nothing is not asked again before somebody rings or a second has passed.
    async fn take(&mut self) {
        for place in 0..self.queues.len() {
            if self.signals.stop.is_cancelled() {
                return;
            }
            self.take_suspect(place).await;
            while self.queues[place].hungry && self.queues[place].free > 0 {
                let Places { claim, free, .. } = &mut self.queues[place];
                let most = i64::try_from(*free).unwrap_or(i64::MAX);
                let jobs = match self.engine.claim(claim, most).await {
                    Ok(jobs) => jobs,
                    Err(error) => {
                        tracing::warn!(%error, "cannot claim jobs");
                        Vec::new()
                    }
                };
                self.queues[place].hungry = !jobs.is_empty();
                for job in jobs {
                    self.start(place, job);
                }
            }
        }
    }

    async fn take_suspect(&mut self, place: usize) {
        if self.suspect || !self.queues[place].wary || self.queues[place].free == 0 {
            return;
        }
        self.queues[place].wary = false;
        match self.engine.claim_suspect(self.queues[place].claim.queue()).await {
            Ok(Some(job)) => {
                self.suspect = true;
                self.start(place, job);
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "cannot claim jobs"),
        }
    }

    fn start(&mut self, place: usize, job: Claimed) {
        self.queues[place].free = self.queues[place].free.saturating_sub(1);
        let (queue, suspect) = (job.queue, job.crashes > 0);
        let (engine, signals) = (self.engine.clone(), self.signals.clone());
        let attempt = attempt::attempt(engine, self.options.kinds, self.options.tools.clone(), signals, job);
        self.running.spawn(async move {
            attempt.await;
            Ended { queue, suspect }
        });
    }

    // Running jobs were told with the same token that stopped the worker.
    async fn drain(&mut self) {
        if let Err(error) = self.engine.stopping().await {
            tracing::debug!(%error, "cannot record that this worker stops");
        }
        let all = async { while self.running.join_next().await.is_some() {} };
        if tokio::time::timeout(self.options.drain, all).await.is_err() {
            tracing::warn!(jobs = self.running.len(), "jobs did not finish in time; other workers take over");
        }
    }

    async fn finish(mut self) {
        self.signals.drained.cancel();
        while self.running.join_next().await.is_some() {}
        let left = async {
            self.engine.flush().await?;
            self.engine.leave().await
        };
        if let Err(error) = left.await {
            tracing::debug!(%error, "cannot unregister this worker");
        }
    }
}
