//! The words and tones of jobs.

use std::collections::HashMap;

use domain::jobs::{JobState, RunOutcome, kinds};
use domain::words;

use crate::ui::pill::Tone;

/// Which work a kind of job is.
pub fn kind(name: &str) -> String {
    kinds::words(name).map_or_else(|| words::sentence_of(name), str::to_owned)
}

/// Where a live job stands.
pub const fn state(state: JobState) -> (Tone, &'static str) {
    match state {
        JobState::Ready => (Tone::Neutral, "Ready"),
        JobState::Scheduled => (Tone::Neutral, "Scheduled"),
        JobState::Running => (Tone::Info, "Running"),
        JobState::Dead => (Tone::Critical, "Dead"),
        JobState::Parked => (Tone::Critical, "Parked"),
    }
}

/// What an attempt came to.
pub const fn outcome(outcome: RunOutcome) -> (Tone, &'static str) {
    match outcome {
        RunOutcome::Done => (Tone::Neutral, "Done"),
        RunOutcome::Failed => (Tone::Attention, "Failed"),
        RunOutcome::Dead => (Tone::Critical, "Dead"),
        RunOutcome::Snoozed => (Tone::Neutral, "Snoozed"),
        RunOutcome::Cancelled => (Tone::Neutral, "Cancelled"),
        RunOutcome::Crashed => (Tone::Critical, "Crashed"),
        RunOutcome::Parked => (Tone::Critical, "Parked"),
        RunOutcome::Stale => (Tone::Attention, "Stale"),
    }
}

/// Who did something: by e-mail where `people` knows it.
pub fn who(actor: &str, people: &HashMap<String, String>) -> String {
    match actor.split_once(':').map_or(actor, |(kind, _)| kind) {
        "user" => people.get(actor).cloned().unwrap_or_else(|| "a deleted user".into()),
        "key" => "API key".into(),
        "command" => "Command line".into(),
        _ => "Background job".into(),
    }
}
