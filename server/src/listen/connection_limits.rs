//! How many connections there may be, and how long each may be silent.

use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Descriptors reserved for everything but connections of clients and of the database: files, logs, programs.
const OTHERS: usize = 64;
/// At least so many connections are allowed, however few descriptors there are.
const LEAST: usize = 32;
/// At most so many descriptors are requested from the system.
const MOST: usize = 200_000;

/// The limits of connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// Connections at once.
    pub most: usize,
    /// Connections at once from one address, or one network of IPv6; 0 for no such limit. This machine is exempt.
    pub per_address: usize,
    /// How long a connection may be open before its first byte.
    pub first_byte: Duration,
    /// How long the head of a request may take from its first byte on.
    pub head: Duration,
    /// How long a connection may be idle between two requests: longer than proxies allow, so that they close first.
    pub idle: Duration,
    /// How long a response may wait for its client to read on.
    pub unread: Duration,
}

impl ConnectionLimits {
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

    /// Above this, the oldest silent connections are closed to make room.
    pub(super) const fn crowded(&self) -> usize {
        self.most - self.most / 10
    }

    /// Above this, only health checks are answered.
    pub(super) const fn last(&self) -> usize {
        let share = self.most / 50;
        self.most.saturating_sub(if share < 2 { 2 } else { share })
    }
}

impl Default for ConnectionLimits {
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

/// Raises the number of files that this process may have open as far as the system allows, and returns it.
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
            let limits = ConnectionLimits::within(descriptors, database);
            assert_eq!(limits.most, most, "{descriptors}");
            assert!(limits.crowded() < limits.last() && limits.last() < limits.most, "{limits:?}");
        }
        assert_eq!(ConnectionLimits::within(1_000, 10).at_most(50).most, 50);
        assert_eq!(ConnectionLimits::within(1_000, 10).at_most(0), ConnectionLimits::within(1_000, 10));
    }

    #[test]
    fn the_number_of_open_files_is_read_from_the_system() {
        assert!(raise_descriptors() >= 16);
    }
}
