//! How a worker works.

use std::sync::Arc;
use std::time::Duration;

use db::queue::engine::Introduction;
use db::queue::timetable::Entry;

use crate::registry::{KINDS, Kind};
use crate::schedule;
use crate::tools::Tools;

/// How a worker works.
#[derive(Clone)]
pub struct Options {
    /// Jobs at once, by queue. A queue that is not named is not served.
    pub places: Vec<(&'static str, usize)>,
    /// The work that it knows.
    pub kinds: &'static [Kind],
    /// The timetable that it keeps.
    pub timetable: fn() -> Vec<Entry>,
    /// What jobs may use.
    pub tools: Arc<Tools>,
    /// How often it shows itself, and looks for others that died.
    pub beat: Duration,
    /// How long a worker may be silent before its jobs are given to others. Several beats.
    pub silence: Duration,
    /// How often it looks for work that nobody rang for.
    pub poll: Duration,
    /// How long running jobs get to end when it stops.
    pub drain: Duration,
    /// Most connections of its own.
    pub connections: u32,
}

impl Options {
    /// All queues: eight places for short work, two for long, four for mail, sixteen for webhooks, which mostly wait.
    pub fn new(tools: Arc<Tools>) -> Self {
        Self {
            places: vec![("default", 8), ("heavy", 2), ("mail", 4), ("webhooks", 16)],
            kinds: KINDS,
            timetable: schedule::entries,
            tools,
            beat: Duration::from_secs(5),
            silence: Duration::from_secs(30),
            poll: Duration::from_secs(1),
            drain: Duration::from_secs(8),
            connections: 6,
        }
    }

    /// Gives the queue `default` so many places.
    #[must_use]
    pub fn with_places(mut self, places: usize) -> Self {
        self.places.iter_mut().filter(|(queue, _)| *queue == "default").for_each(|(_, old)| *old = places);
        self
    }

    pub(super) fn introduction(&self) -> Introduction {
        Introduction {
            version: env!("CARGO_PKG_VERSION").into(),
            queues: self.places.iter().map(|(queue, _)| *queue).collect(),
            slots: i32::try_from(self.places.iter().map(|(_, places)| places).sum::<usize>()).unwrap_or(i32::MAX),
        }
    }
}
