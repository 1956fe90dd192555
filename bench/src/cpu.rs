//! CPU time from `/proc`: of one process, of children that have ended, and of the PostgreSQL server as far as it
//! worked for the database of the benchmarks.

use std::collections::HashMap;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::Context;

// USER_HZ is 100 wherever Linux runs.
const TICK: Duration = Duration::from_millis(10);
const LOOK_EVERY: Duration = Duration::from_millis(40);
const OF_EVERYBODY: [&str; 3] = ["walwriter", "checkpointer", "background writer"];

/// The fields of `/proc/PID/stat` after the name, of which the first is the state.
fn stat(pid: &str) -> Option<Vec<u64>> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = text.rsplit_once(") ")?;
    Some(rest.split(' ').map(|field| field.trim().parse().unwrap_or(0)).collect())
}

fn ticks(count: u64) -> Duration {
    TICK * u32::try_from(count).unwrap_or(u32::MAX)
}

/// What the living process `pid` has used.
pub fn of(pid: u32) -> Duration {
    let fields = stat(&pid.to_string()).unwrap_or_default();
    ticks(fields.iter().skip(11).take(2).sum())
}

/// What our children have used that have ended.
pub fn of_ended_children() -> Duration {
    let fields = stat("self").unwrap_or_default();
    ticks(fields.iter().skip(13).take(2).sum())
}

/// Kilobytes of memory that `pid` occupies.
pub fn resident_kb(pid: u32) -> anyhow::Result<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = text.lines().find_map(|l| l.strip_prefix("VmRSS:")).context("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

/// The share of the machine's CPU time since its start that was used, and all of it, in ticks.
pub fn machine() -> (u64, u64) {
    let text = fs::read_to_string("/proc/stat").unwrap_or_default();
    let fields: Vec<u64> =
        text.lines().next().unwrap_or_default().split_whitespace().skip(1).filter_map(|f| f.parse().ok()).collect();
    let all = fields.iter().take(8).sum();
    let idle: u64 = fields.iter().skip(3).take(2).sum();
    (all - idle, all)
}

/// Follows the server processes that work for one database. Backends end with their clients, so they are looked at
/// all the time.
pub struct Meter {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<u64>,
}

impl Meter {
    /// Begins to measure below the server process `postmaster`.
    pub fn start(postmaster: u32, database: &str) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (told, database) = (Arc::clone(&stop), format!(" {database} "));
        let before = look(postmaster, &database);
        let thread = std::thread::spawn(move || {
            let mut now = before.clone();
            while !told.load(Ordering::Relaxed) {
                std::thread::sleep(LOOK_EVERY);
                now.extend(look(postmaster, &database));
            }
            now.extend(look(postmaster, &database));
            now.iter().map(|(pid, used)| used - before.get(pid).copied().unwrap_or(0)).sum()
        });
        Self { stop, thread }
    }

    /// What was used since then.
    pub fn stop(self) -> Duration {
        self.stop.store(true, Ordering::Relaxed);
        ticks(self.thread.join().unwrap_or(0))
    }
}

fn look(postmaster: u32, database: &str) -> HashMap<String, u64> {
    let children = fs::read_to_string(format!("/proc/{postmaster}/task/{postmaster}/children")).unwrap_or_default();
    let ours = children.split_whitespace().filter(|pid| {
        let title = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let title = String::from_utf8_lossy(&title);
        title.contains(database) || OF_EVERYBODY.iter().any(|name| title.contains(name))
    });
    ours.filter_map(|pid| Some((pid.to_owned(), stat(pid)?.iter().skip(11).take(2).sum()))).collect()
}
