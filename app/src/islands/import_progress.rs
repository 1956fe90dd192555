//! How far a running import is: bar, rows, rate, time left. Leaving the page harms nothing.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What is known of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Lines read.
    pub lines: u64,
    /// Lines of the file, when known.
    pub of: Option<u64>,
    /// Orders stored, returns included.
    pub stored: u64,
    /// Problems found.
    pub problems: u64,
    /// Lines a second; 0 when not known.
    pub rate: u64,
}

/// Follows one import run; loads the page again when it ends.
#[island]
pub fn ImportProgress(
    /// Address of the tenant's stream.
    events: String,
    /// The run's id.
    run: String,
    /// Where it stood when the page was loaded.
    begun: Progress,
    /// What stands between thousands on the page.
    apart: String,
) -> impl IntoView {
    let progress = RwSignal::new(begun);
    wake(events, run, progress);
    let between = apart.clone();
    view! {
        <div>
            <progress
                aria-label="Lines read"
                max=move || progress.get().of.unwrap_or(0).max(1).to_string()
                value=move || progress.get().lines.to_string()
            ></progress>
            <p class="progress-words mt-2 tabular-nums" role="status">{move || words(&progress.get(), &apart)}</p>
            <p class="min-h-5 text-quiet tabular-nums">{move || pace(&progress.get(), &between)}</p>
        </div>
    }
}

fn words(p: &Progress, apart: &str) -> String {
    let group = |n| group(n, apart);
    let of = p.of.map(|lines| format!(" of {}", group(lines))).unwrap_or_default();
    let problems = match p.problems {
        0 => String::new(),
        1 => ", 1 problem".into(),
        n => format!(", {} problems", group(n)),
    };
    format!("{}{of} lines read, {} orders stored{problems}", group(p.lines), group(p.stored))
}

fn pace(p: &Progress, apart: &str) -> String {
    if p.rate == 0 {
        return String::new();
    }
    let left = match p.of.map(|of| of.saturating_sub(p.lines) / p.rate) {
        None => String::new(),
        Some(0..60) => ", less than a minute left".into(),
        Some(seconds) => format!(", about {} min left", seconds.div_ceil(60)),
    };
    format!("{} lines per second{left}", group(p.rate, apart))
}

/// Thousands apart, by the sign `apart`.
pub fn group(n: u64, apart: &str) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push_str(apart);
        }
        out.push(c);
    }
    out
}

#[cfg(not(feature = "hydrate"))]
fn wake(_events: String, _run: String, _progress: RwSignal<Progress>) {}

#[cfg(feature = "hydrate")]
fn wake(events: String, run: String, progress: RwSignal<Progress>) {
    use super::stream::{self, Heard};

    look_again(progress);
    stream::follow(&events, move |heard| {
        let Heard::Event("import.progress", data) = heard else { return };
        if stream::field(data, "import").as_string().as_deref() != Some(run.as_str()) {
            return;
        }
        let status = stream::field(data, "status").as_string().unwrap_or_default();
        if matches!(status.as_str(), "checked" | "done" | "failed") {
            // The page tells the outcome better than a bar.
            reload();
        } else {
            progress.set(told(data, progress.get_untracked()));
        }
    });
}

// Whatever became of the stream: a page that heard nothing for a while asks the server itself.
#[cfg(feature = "hydrate")]
fn look_again(progress: RwSignal<Progress>) {
    let before = progress.get_untracked();
    let look = move || if progress.get_untracked() == before { reload() } else { look_again(progress) };
    set_timeout(look, std::time::Duration::from_secs(6));
}

#[cfg(feature = "hydrate")]
fn reload() {
    if let Some(window) = web_sys::window() {
        let _stays = window.location().reload();
    }
}

#[cfg(feature = "hydrate")]
fn told(data: &wasm_bindgen::JsValue, before: Progress) -> Progress {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts of lines; saturates")]
    let number = |name: &str| super::stream::field(data, name).as_f64().map(|n| n as u64);
    let stored = number("orders").zip(number("returns")).map(|(orders, returns)| orders + returns);
    Progress {
        lines: number("lines").unwrap_or(before.lines),
        of: number("total_lines").or(before.of),
        stored: stored.unwrap_or(before.stored),
        problems: number("problems").unwrap_or(before.problems),
        rate: number("rate").unwrap_or(before.rate),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_told_in_words() {
        let half = Progress { lines: 12_500, of: Some(1_250_000), stored: 900, problems: 2, rate: 10_000 };
        assert_eq!(words(&half, ","), "12,500 of 1,250,000 lines read, 900 orders stored, 2 problems");
        assert_eq!(pace(&half, "."), "10.000 lines per second, about 3 min left");
        assert_eq!(pace(&half, ","), "10,000 lines per second, about 3 min left");
        assert_eq!(pace(&Progress { of: None, rate: 10, ..half }, ","), "10 lines per second");
        assert_eq!(pace(&Progress::default(), ","), "");
    }
}
