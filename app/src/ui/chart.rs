//! The bar chart: drawn here as SVG, with the same figures as a table one click away. It stretches to any width while its
//! letters keep their size: places across are percentages, places down are pixels.

use domain::money::{Currency, Money};
use leptos::prelude::*;

use super::money::{Amount, text};
use super::scale::{Scale, short};
use super::table::{Column, Table};

const TOP: f64 = 10.0;
const PLOT: f64 = 190.0;
const HEIGHT: u32 = 226;
const LABELS: usize = 8;

/// One bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// What the axis says.
    pub label: String,
    /// Minor units.
    pub value: i64,
    /// Minor units of the one it is compared with.
    pub before: Option<i64>,
    /// Whether it is not over yet.
    pub running: bool,
}

/// A chart of amounts by time.
#[component]
pub fn BarChart(
    /// What it shows: `Total by day`.
    #[prop(into)]
    title: String,
    /// The same in a sentence, for screen readers.
    #[prop(into)]
    description: String,
    /// Their currency.
    currency: Currency,
    /// The bars, oldest first.
    bars: Vec<Bar>,
    /// With what they are compared: the dashed line.
    #[prop(optional_no_strip)]
    against: Option<String>,
) -> impl IntoView {
    let values = || bars.iter().flat_map(|bar| [Some(bar.value), bar.before]).flatten();
    let unit = 10_i64.pow(currency.exponent());
    let scale = Scale::new(values().min().unwrap_or(0), values().max().unwrap_or(0), unit);
    let drawn = drawing(&title, &description, currency, &bars, &scale);
    let running = bars.iter().any(|bar| bar.running);
    view! {
        <figure class="chart">
            <div class="chart-plot">
                {axis(&scale, currency)}
                {drawn}
            </div>
            <figcaption>
                <span class="key">"This period"</span>
                {against.clone().map(|against| view! { <span class="key key-before">{against}</span> })}
                {running.then(|| view! { <span class="key key-running">"In progress"</span> })}
            </figcaption>
            <details class="chart-table">
                <summary>"Show as a table"</summary>
                {table(title, currency, &bars, against)}
            </details>
        </figure>
    }
}

fn drawing(title: &str, description: &str, currency: Currency, bars: &[Bar], scale: &Scale) -> impl IntoView + use<> {
    let line = |tick: i64| {
        let y = format!("{:.1}", scale.place(tick, TOP, PLOT));
        let class = if tick == 0 { "rule zero" } else { "rule" };
        view! { <line class=class x1="0" x2="100%" y1=y.clone() y2=y></line> }
    };
    let lines = scale.ticks.iter().map(|tick| line(*tick)).collect_view();
    let slots = bars.iter().enumerate().map(|(i, bar)| slot(i, bars.len(), bar, currency, scale)).collect_view();
    view! {
        <svg class="chart-bars" width="100%" height=HEIGHT.to_string() role="img">
            <title>{title.to_owned()}</title>
            <desc>{description.to_owned()}</desc>
            <defs>
                <pattern id=hatch(currency) width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                    <rect class="hatch-ground" width="5" height="5"></rect>
                    <rect class="hatch-line" width="2" height="5"></rect>
                </pattern>
            </defs>
            {lines}
            {slots}
            {compared(bars, scale)}
        </svg>
    }
}

#[expect(clippy::cast_precision_loss, reason = "places on a screen")]
fn slot(i: usize, n: usize, bar: &Bar, currency: Currency, scale: &Scale) -> impl IntoView + use<> {
    let width = 100.0 / n as f64;
    let left = i as f64 * width;
    let (zero, end) = (scale.place(0, TOP, PLOT), scale.place(bar.value, TOP, PLOT));
    let percent = |x: f64| format!("{x:.3}%");
    let every = n.div_ceil(LABELS);
    let label = i.is_multiple_of(every).then(|| {
        let class = if (i / every) % 2 == 1 { "x-label alt" } else { "x-label" };
        view! { <text class=class x=percent(left + width / 2.0) y="218" text-anchor="middle">{bar.label.clone()}</text> }
    });
    let class = if bar.running { "col running" } else { "col" };
    let fill = bar.running.then(|| format!("url(#{})", hatch(currency)));
    let (y, height) = (zero.min(end), (zero - end).abs().max(if bar.value == 0 { 0.0 } else { 1.0 }));
    view! {
        <g>
            <title>{hover(bar, currency)}</title>
            <rect class="slot" x=percent(left) y="0" width=percent(width) height="202"></rect>
            <rect
                class=class
                fill=fill
                x=percent(left + width * 0.16)
                y=format!("{y:.1}")
                width=percent(width * 0.68)
                height=format!("{height:.1}")
            ></rect>
            {label}
        </g>
    }
}

// Stretched across without stretching its stroke.
#[expect(clippy::cast_precision_loss, reason = "places on a screen")]
fn compared(bars: &[Bar], scale: &Scale) -> Option<impl IntoView + use<>> {
    let step = 1_000.0 / bars.len().max(1) as f64;
    let place =
        |(i, value): (usize, i64)| format!("{:.1},{:.1}", (i as f64 + 0.5) * step, scale.place(value, TOP, PLOT));
    let points: Vec<String> =
        bars.iter().enumerate().filter_map(|(i, bar)| bar.before.map(|v| place((i, v)))).collect();
    (points.len() > 1).then(|| {
        view! {
            <svg class="chart-before" width="100%" height="200" viewBox="0 0 1000 200" preserveAspectRatio="none">
                <polyline points=points.join(" ") vector-effect="non-scaling-stroke"></polyline>
            </svg>
        }
    })
}

fn axis(scale: &Scale, currency: Currency) -> impl IntoView + use<> {
    let unit = 10_i64.pow(currency.exponent());
    let label = |tick: i64| {
        let number = short(tick / unit);
        let (minus, digits) = number.strip_prefix('\u{2212}').map_or(("", number.as_str()), |rest| ("\u{2212}", rest));
        let text = format!("{minus}{}{digits}", currency.sign());
        let y = format!("{:.1}", scale.place(tick, TOP, PLOT) + 4.0);
        view! { <text x="50" y=y text-anchor="end">{text}</text> }
    };
    let labels = scale.ticks.iter().map(|tick| label(*tick)).collect_view();
    view! { <svg class="chart-axis" width="56" height=HEIGHT.to_string() aria-hidden="true">{labels}</svg> }
}

// A page may hold a chart of each currency.
fn hatch(currency: Currency) -> String {
    format!("hatch-{}", currency.code())
}

fn hover(bar: &Bar, currency: Currency) -> String {
    let before = bar.before.map(|v| format!(", compared with {}", text(Money::new(v, currency)))).unwrap_or_default();
    let running = if bar.running { " so far" } else { "" };
    format!("{}: {}{running}{before}", bar.label, text(Money::new(bar.value, currency)))
}

fn table(title: String, currency: Currency, bars: &[Bar], against: Option<String>) -> impl IntoView + use<> {
    let compares = against.is_some();
    let row = |bar: &Bar| {
        let before = compares.then(|| {
            let before = bar.before.map(|v| view! { <Amount money=Money::new(v, currency)/> });
            view! { <td class="num">{before}</td> }
        });
        view! {
            <tr>
                <th scope="row">{bar.label.clone()}{bar.running.then_some(" (so far)")}</th>
                <td class="num"><Amount money=Money::new(bar.value, currency)/></td>
                {before}
            </tr>
        }
    };
    let rows = bars.iter().map(row).collect_view();
    let mut columns = vec![Column::text("Time"), Column::figures("This period")];
    columns.extend(compares.then(|| Column::figures("Comparison")));
    view! { <Table caption=title columns dense=true>{rows}</Table> }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(bars: Vec<Bar>) -> String {
        let currency = "GBP".parse().unwrap();
        crate::render::render(|| {
            view! { <BarChart title="Total" description="Total by day" currency bars against=Some("the 3 days before".to_owned())/> }
        })
    }

    #[test]
    fn every_bar_has_its_value_as_title_and_in_the_table() {
        let bar = |label: &str, value, running| Bar { label: label.into(), value, before: Some(5_000), running };
        let html = draw(vec![bar("1 Mar", 12_345, false), bar("2 Mar", -1_000, false), bar("3 Mar", 0, true)]);
        assert!(html.contains("1 Mar: £123.45, compared with £50.00"), "{html}");
        assert!(html.contains("3 Mar: £0.00 so far"), "{html}");
        assert_eq!(html.matches("<tr>").count(), 4, "{html}");
        assert!(html.contains("polyline") && html.contains("class=\"col running\""), "{html}");
        assert!(!html.contains("style="), "{html}");
    }

    #[test]
    fn an_empty_chart_is_drawn_too() {
        assert!(draw(Vec::new()).contains("<svg"));
    }
}
