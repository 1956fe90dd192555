//! Bars of counts or times by minute or hour, two parts upon each other; with the same figures as a table one click away.

use leptos::prelude::*;

use super::scale::{Scale, short};
use super::table::{Column, Table};

const TOP: f64 = 8.0;
const PLOT: f64 = 96.0;
const HEIGHT: u32 = 126;
const LABELS: usize = 6;

/// One bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeBar {
    /// What the axis says.
    pub label: String,
    /// The lower and the upper part.
    pub parts: [i64; 2],
}

/// What the two parts of a bar are.
#[derive(Clone, Copy, Debug)]
pub struct Parts {
    /// Names of the lower and the upper part.
    pub names: [&'static str; 2],
    /// Whether the upper part is bad news.
    pub upper_is_bad: bool,
    /// How a value is written out.
    pub words: fn(i64) -> String,
}

/// A small chart by time.
#[component]
pub fn TimeBars(
    /// What it shows.
    title: &'static str,
    /// The bars, oldest first.
    bars: Vec<TimeBar>,
    /// What their parts are.
    parts: Parts,
) -> impl IntoView {
    let most = bars.iter().map(|bar| bar.parts.iter().sum()).max().unwrap_or(0);
    let scale = Scale::new(0, most, 1);
    let class = if parts.upper_is_bad { "key key-bad" } else { "key key-upper" };
    view! {
        <figure class="chart">
            <div class="chart-plot">{axis(&scale)}{drawing(title, &bars, parts, &scale)}</div>
            <figcaption>
                <span class="key">{parts.names[0]}</span>
                <span class=class>{parts.names[1]}</span>
            </figcaption>
            <details class="chart-table">
                <summary>"Show as a table"</summary>
                {table(title, &bars, parts)}
            </details>
        </figure>
    }
}

fn axis(scale: &Scale) -> impl IntoView + use<> {
    let label = |tick: i64| {
        let y = format!("{:.1}", scale.place(tick, TOP, PLOT) + 4.0);
        view! { <text x="50" y=y text-anchor="end">{short(tick)}</text> }
    };
    let labels = scale.ticks.iter().map(|tick| label(*tick)).collect_view();
    view! { <svg class="chart-axis" width="56" height=HEIGHT.to_string() aria-hidden="true">{labels}</svg> }
}

fn drawing(title: &str, bars: &[TimeBar], parts: Parts, scale: &Scale) -> impl IntoView + use<> {
    let line = |tick: i64| {
        let y = format!("{:.1}", scale.place(tick, TOP, PLOT));
        let class = if tick == 0 { "rule zero" } else { "rule" };
        view! { <line class=class x1="0" x2="100%" y1=y.clone() y2=y></line> }
    };
    let lines = scale.ticks.iter().map(|tick| line(*tick)).collect_view();
    let slots = bars.iter().enumerate().map(|(i, bar)| slot(i, bars.len(), bar, parts, scale)).collect_view();
    view! {
        <svg class="chart-bars" width="100%" height=HEIGHT.to_string() role="img">
            <title>{title.to_owned()}</title>
            {lines}
            {slots}
        </svg>
    }
}

#[expect(clippy::cast_precision_loss, reason = "places on a screen")]
fn slot(i: usize, n: usize, bar: &TimeBar, parts: Parts, scale: &Scale) -> impl IntoView + use<> {
    let width = 100.0 / n as f64;
    let left = i as f64 * width;
    let percent = |x: f64| format!("{x:.3}%");
    let [lower, upper] = bar.parts;
    let piece = |class: &'static str, from: i64, to: i64| {
        (to > from).then(|| {
            let (y, end) = (scale.place(to, TOP, PLOT), scale.place(from, TOP, PLOT));
            let (x, wide) = (percent(left + width * 0.12), percent(width * 0.76));
            let height = format!("{:.1}", (end - y).max(1.0));
            view! { <rect class=class x=x y=format!("{y:.1}") width=wide height=height></rect> }
        })
    };
    let label = i.is_multiple_of(n.div_ceil(LABELS)).then(|| {
        view! { <text class="x-label" x=percent(left + width / 2.0) y="120" text-anchor="middle">{bar.label.clone()}</text> }
    });
    view! {
        <g>
            <title>{hover(bar, parts)}</title>
            <rect class="slot" x=percent(left) y="0" width=percent(width) height="104"></rect>
            {piece("col", 0, lower)}
            {piece(if parts.upper_is_bad { "col-bad" } else { "col-upper" }, lower, lower.saturating_add(upper))}
            {label}
        </g>
    }
}

fn hover(bar: &TimeBar, parts: Parts) -> String {
    let [lower, upper] = bar.parts.map(parts.words);
    format!("{}: {lower} {}, {upper} {}", bar.label, parts.names[0], parts.names[1])
}

fn table(title: &'static str, bars: &[TimeBar], parts: Parts) -> impl IntoView + use<> {
    let row = |bar: &TimeBar| {
        let [lower, upper] = bar.parts.map(parts.words);
        view! { <tr><th scope="row">{bar.label.clone()}</th><td class="num">{lower}</td><td class="num">{upper}</td></tr> }
    };
    let rows = bars.iter().filter(|bar| bar.parts != [0, 0]).map(row).collect_view();
    let columns = vec![Column::text("Time"), Column::figures(parts.names[0]), Column::figures(parts.names[1])];
    view! { <Table caption=title columns dense=true>{rows}</Table> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bar_says_both_parts_and_an_empty_chart_is_drawn_too() {
        let parts = Parts { names: ["done", "failed"], upper_is_bad: true, words: |n| n.to_string() };
        let draw = |bars: Vec<TimeBar>| crate::render::render(|| view! { <TimeBars title="Jobs" bars parts/> });
        let bar = |label: &str, parts| TimeBar { label: label.into(), parts };
        let html = draw(vec![bar("14:00", [3, 1]), bar("14:01", [0, 0])]);
        assert!(html.contains("14:00: 3 done, 1 failed") && html.contains("col-bad"), "{html}");
        assert_eq!(html.matches("<th scope=\"row\">").count(), 1, "minutes without any are left out of the table");
        assert!(!html.contains("style="), "{html}");
        assert!(draw(Vec::new()).contains("<svg"));
    }
}
