//! What ended when, and how long it waited before.

use db::queue::console::Point;
use leptos::prelude::*;

use super::model::Span;
use crate::ui::money::count;
use crate::ui::time::milliseconds;
use crate::ui::time_bars::{Parts, TimeBar, TimeBars};
use crate::ui::{Card, Clock};

const ENDED: Parts = Parts { names: ["done", "failed"], upper_is_bad: true, words: count };
const WAITED: Parts = Parts { names: ["average", "up to maximum"], upper_is_bad: false, words: milliseconds };

/// The choice of the time that the charts show.
pub fn spans(chosen: Span) -> AnyView {
    let link = |span: Span| {
        let href = format!("/platform/jobs?span={}", span.as_str());
        view! { <a href=href aria-current=(span == chosen).then_some("true")>{span.label()}</a> }
    };
    view! { <nav class="segments" aria-label="Time">{Span::ALL.map(link).into_iter().collect_view()}</nav> }.into_any()
}

/// Both charts.
pub fn charts(span: Span, points: &[Point], clock: Clock) -> AnyView {
    let ended = bars(span, points, clock, |p| [p.done, p.failed]);
    let waited = bars(span, points, clock, |p| [p.wait_ms, (p.wait_ms_max - p.wait_ms).max(0)]);
    view! {
        <div class="grid grid-cols-1 items-start gap-3 md:grid-cols-2">
            <Card title="Finished"><TimeBars title="Finished attempts" bars=ended parts=ENDED/></Card>
            <Card title="Queue wait (ms)"><TimeBars title="Queue wait" bars=waited parts=WAITED/></Card>
        </div>
    }
    .into_any()
}

// A bar for every step, also for those in which nothing ended.
fn bars(span: Span, points: &[Point], clock: Clock, parts: fn(&Point) -> [i64; 2]) -> Vec<TimeBar> {
    let (from, _) = span.around(clock.now);
    let bar = |n: i32| {
        let at = from + span.width() * n;
        let label = match span {
            Span::Hour | Span::Day => clock.hour(at),
            Span::Week => at.with_timezone(&clock.zone).format("%-d %b %H:%M").to_string(),
        };
        let point = points.iter().find(|point| point.at == at);
        TimeBar { label, parts: point.map_or([0, 0], parts) }
    };
    (0..span.bars()).map(bar).collect()
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use domain::calendar::Tz;

    use super::*;

    #[test]
    fn every_minute_has_its_bar_and_the_last_is_the_one_that_runs() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let clock = Clock::new(at("2026-03-03T14:02:31Z"), Tz::UTC);
        let point = Point {
            at: at("2026-03-03T14:02:00Z"),
            done: 4,
            failed: 1,
            other: 0,
            wait_ms: 10,
            wait_ms_max: 30,
            run_ms: 1,
            run_ms_max: 1,
        };
        assert_eq!(Span::Hour.around(clock.now), (at("2026-03-03T13:03:00Z"), at("2026-03-03T14:03:00Z")));
        let bars = bars(Span::Hour, &[point], clock, |p| [p.done, p.failed]);
        assert_eq!((bars.len(), bars[0].label.as_str(), bars[59].parts), (60, "13:03", [4, 1]));
        assert!(bars[..59].iter().all(|bar| bar.parts == [0, 0]));
    }
}
