//! What a job says while it works: kept with its attempt, bounded, and told to the program's log as well.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use db::queue::console::LogLine;
use serde_json::Value;

const LINES: usize = 200;
const CHARS: usize = 500;

/// The lines of one attempt. Cheap to clone.
#[derive(Clone)]
pub struct JobLog {
    begun: Instant,
    lines: Arc<Mutex<Lines>>,
}

#[derive(Default)]
struct Lines {
    kept: Vec<LogLine>,
    dropped: usize,
}

impl Default for JobLog {
    fn default() -> Self {
        Self { begun: Instant::now(), lines: Arc::default() }
    }
}

impl JobLog {
    /// Says something.
    pub fn info(&self, text: impl Into<String>) {
        self.add("info", text.into());
    }

    /// Says something that somebody should look at.
    pub fn warn(&self, text: impl Into<String>) {
        self.add("warn", text.into());
    }

    /// What was said, as it is stored; nothing when nothing was.
    pub(crate) fn take(&self) -> Option<Value> {
        let mut lines = std::mem::take(&mut *self.lines.lock().unwrap_or_else(PoisonError::into_inner));
        if lines.dropped > 0 {
            let text = format!("{} more lines were omitted", lines.dropped);
            lines.kept.push(LogLine { ms: self.elapsed(), level: "warn".into(), text });
        }
        if lines.kept.is_empty() { None } else { serde_json::to_value(lines.kept).ok() }
    }

    fn add(&self, level: &str, text: String) {
        tracing::debug!(level, text, "job");
        let text = if text.chars().count() > CHARS { text.chars().take(CHARS).chain(['…']).collect() } else { text };
        let line = LogLine { ms: self.elapsed(), level: level.to_owned(), text };
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.kept.len() < LINES {
            lines.kept.push(line);
        } else {
            lines.dropped += 1;
        }
    }

    fn elapsed(&self) -> i64 {
        i64::try_from(self.begun.elapsed().as_millis()).unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_bounded_and_says_what_it_left_out() {
        let log = JobLog::default();
        assert_eq!(log.take(), None);
        for n in 0..250 {
            log.info(format!("line {n} {}", "x".repeat(600)));
        }
        let lines: Vec<LogLine> = serde_json::from_value(log.take().unwrap()).unwrap();
        assert_eq!(lines.len(), 201);
        assert_eq!(lines[0].text.chars().count(), 501);
        assert_eq!(lines[200].text, "50 more lines were omitted");
    }
}
