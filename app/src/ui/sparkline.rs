//! A line of a few words' length: the shape of a figure's way, without numbers.

use std::fmt::Write;

use leptos::prelude::*;

const MOST: usize = 40;
const WIDTH: f64 = 100.0;
const HEIGHT: f64 = 24.0;

/// The way of `values`, oldest first. Decoration: the numbers stand elsewhere.
#[component]
pub fn Sparkline(
    /// The values.
    values: Vec<i64>,
) -> impl IntoView {
    let values = thin(&values);
    (values.len() > 1 && values.iter().any(|v| *v != 0)).then(|| {
        view! {
            <svg class="spark" viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">
                <polyline points=points(&values) vector-effect="non-scaling-stroke"></polyline>
            </svg>
        }
    })
}

// Sums of neighbours, so that a long period keeps its shape.
fn thin(values: &[i64]) -> Vec<i64> {
    values.chunks(values.len().div_ceil(MOST).max(1)).map(|part| part.iter().sum()).collect()
}

#[expect(clippy::cast_precision_loss, reason = "places on a screen")]
fn points(values: &[i64]) -> String {
    let least = values.iter().copied().min().unwrap_or(0).min(0) as f64;
    let greatest = values.iter().copied().max().unwrap_or(0).max(0) as f64;
    let span = (greatest - least).max(1.0);
    let step = WIDTH / (values.len() - 1) as f64;
    let mut out = String::new();
    for (i, value) in values.iter().enumerate() {
        let y = 1.0 + (HEIGHT - 2.0) * (greatest - *value as f64) / span;
        let _infallible = write!(out, "{:.1},{y:.1} ", i as f64 * step);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_greatest_value_touches_the_top() {
        assert_eq!(points(&[0, 10, 5]), "0.0,23.0 50.0,1.0 100.0,12.0 ");
        assert_eq!(thin(&vec![1; 90]).iter().sum::<i64>(), 90);
        assert!(thin(&vec![1; 3_660]).len() <= MOST);
    }
}
