//! How much of something is used: a bar beside its figures.

use domain::limits::Level;
use leptos::prelude::*;

use super::pill::Tone;

const WIDTH: i64 = 100;

/// A bar that is as full as the limit. Decoration: the figures stand beside it, and the words for its tone.
#[component]
pub fn Meter(
    /// What is used.
    used: i64,
    /// What is allowed.
    allowed: i64,
) -> impl IntoView {
    let tone = tone(Level::of(used, allowed));
    view! {
        <svg class=format!("meter {}", tone.as_str()) viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
            <rect class="meter-all" width="100" height="6"></rect>
            <rect class="meter-used" width=filled(used, allowed).to_string() height="6"></rect>
        </svg>
    }
}

/// What a level means.
pub const fn tone(level: Level) -> Tone {
    match level {
        Level::Fine => Tone::Neutral,
        Level::Near => Tone::Attention,
        Level::Full | Level::Over => Tone::Critical,
    }
}

/// A word for a level that somebody should know of.
pub const fn word(level: Level) -> Option<&'static str> {
    match level {
        Level::Fine => None,
        Level::Near => Some("Near limit"),
        Level::Full => Some("At limit"),
        Level::Over => Some("Over limit"),
    }
}

// Something is seen as soon as there is something, and full is not shown before it is.
fn filled(used: i64, allowed: i64) -> i64 {
    if used <= 0 {
        return 0;
    }
    if used >= allowed {
        return WIDTH;
    }
    let share = i128::from(used) * i128::from(WIDTH) / i128::from(allowed);
    i64::try_from(share).unwrap_or(WIDTH).clamp(1, WIDTH - 1)
}

#[cfg(test)]
mod tests {
    use super::filled;

    #[test]
    fn a_bar_is_neither_empty_nor_full_before_its_time() {
        let cases = [(0, 10), (1, 1_000_000), (999_999, 1_000_000), (10, 10), (11, 10), (1, 0), (0, 0), (80, 100)];
        assert_eq!(cases.map(|(used, allowed)| filled(used, allowed)), [0, 1, 99, 100, 100, 100, 0, 80]);
    }
}
