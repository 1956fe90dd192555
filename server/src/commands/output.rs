//! Standard output and standard error. What a script wants stands on standard output, alone; words for people
//! go to standard error.

use std::io::{self, Write};

use serde_json::Value;

/// How to report.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    /// As JSON.
    pub json: bool,
}

impl Output {
    /// Reports a result: `json`, or `text` for people and simple scripts.
    pub fn result(self, json: &Value, text: &str) {
        if self.json { to_stdout(&format!("{json:#}")) } else { to_stdout(text) }
    }

    /// Reports a result whose essence is `text`, such as a new key; `words` say what it is.
    pub fn essence(self, json: &Value, words: &str, text: &str) {
        if self.json {
            to_stdout(&format!("{json:#}"));
        } else {
            to_stderr(words);
            to_stdout(text);
        }
    }
}

/// Writes a line to standard error.
pub fn to_stderr(line: &str) {
    // Nobody is left to be told when it is closed.
    let _written = writeln!(io::stderr().lock(), "{line}");
}

fn to_stdout(line: &str) {
    let mut out = io::stdout().lock();
    // A reader that has seen enough (`| head`) is no failure of ours.
    let _written = writeln!(out, "{line}").and_then(|()| out.flush());
}
