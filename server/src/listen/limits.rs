//! How many connections there may be, and how long each may say nothing.

use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Descriptors that are kept for everything but connections of clients, besides those of the database: files, logs, programs.
const OTHERS: usize = 64;
/// Fewer connections are no service.
const LEAST: usize = 32;
/// More are not asked for, whatever the system would give.
const MOST: usize = 200_000;

/// The limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections at once.
    pub most: usize,
    /// Connections at once from one address, or one network of IPv6; 0: as many as there may be. This machine is exempt.
    pub per_address: usize,
    /// How long a connection may be open before its first byte.
    pub first_byte: Duration,
    /// How long the head of a request may take from its first byte on.
    pub head: Duration,
    /// How long a connection is kept between two requests: longer than proxies keep theirs, so that they close first.
    pub idle: Duration,
    /// How long an answer may wait to be read on.
    pub unread: Duration,
}

impl Limits {
    /// As many connections as `descriptors` leave room for beside `database` connections there.
    pub fn within(descriptors: usize, database: usize) -> Self {
        let others = database + OTHERS + descriptors / 20;
        Self { most: descriptors.saturating_sub(others).max(LEAST), ..Self::default() }
    }

    /// With this many at most, unless it is 0.
    #[must_use]
    pub fn at_most(self, most: usize) -> Self {
        if most == 0 { self } else { Self { most: self.most.min(most), ..self } }
    }

    /// Above this, the oldest that say nothing are closed for others to come.
    pub(super) const fn crowded(&self) -> usize {
        self.most - self.most / 10
    }

    /// Above this, only the machines that watch are answered.
    pub(super) const fn last(&self) -> usize {
        let share = self.most / 50;
        self.most.saturating_sub(if share < 2 { 2 } else { share })
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            most: 1_000,
            per_address: 0,
            first_byte: Duration::from_secs(15),
            head: Duration::from_secs(15),
            idle: Duration::from_secs(75),
            unread: Duration::from_secs(60),
        }
    }
}

/// Raises the number of files that this process may have open as far as the system lets it; what it is then.
pub fn raise_descriptors() -> usize {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let wanted = maximum.unwrap_or(MOST as u64).min(MOST as u64);
    let current = current.unwrap_or(u64::MAX);
    let raised = current < wanted && setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum }).is_ok();
    usize::try_from(if raised { wanted } else { current }).unwrap_or(MOST).min(MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_room_for_everything_else() {
        for (descriptors, database, most) in [(300, 10, 211), (1_024, 40, 869), (65_536, 40, 62_156), (32, 40, 32)] {
            let limits = Limits::within(descriptors, database);
            assert_eq!(limits.most, most, "{descriptors}");
            assert!(limits.crowded() < limits.last() && limits.last() < limits.most, "{limits:?}");
        }
        assert_eq!(Limits::within(1_000, 10).at_most(50).most, 50);
        assert_eq!(Limits::within(1_000, 10).at_most(0), Limits::within(1_000, 10));
    }

    #[test]
    fn the_system_says_how_many_files_may_be_open() {
        assert!(raise_descriptors() >= 16);
    }
}
