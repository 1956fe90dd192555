//! The chart of one currency: the total by hour, day, week or month, as the figures come.

use db::dashboards::{Bucket, CurrencyPart, Dashboard};
use domain::money::Money;
use leptos::prelude::*;

use super::{DashboardPage, against};
use crate::ui::Card;
use crate::ui::chart::{Bar, BarChart};
use crate::ui::money::{text, things};
use crate::ui::time::days;

/// The chart of one currency.
pub fn main_chart(page: &DashboardPage, dashboard: &Dashboard, part: &CurrencyPart) -> impl IntoView + use<> {
    let against = against(&page.query, dashboard).filter(|_| !part.buckets_before.is_empty());
    let title = format!("Total {}", step(&part.buckets));
    let description = format!(
        "{}: {} from {}.",
        days(dashboard.period.from, dashboard.period.to),
        text(Money::new(part.now.total(), part.currency)),
        things(part.now.orders, "order", "orders"),
    );
    let (bars, currency) = (bars(part), part.currency);
    view! {
        <Card title=title.clone()>
            <BarChart title description currency bars against/>
        </Card>
    }
}

// How far the buckets lie apart; the first month may begin in its middle.
fn step(buckets: &[Bucket]) -> &'static str {
    let days = buckets.first().zip(buckets.get(1)).map(|(a, b)| (b.day - a.day).num_days());
    match days {
        Some(0) => "by hour",
        None | Some(1) => "by day",
        Some(7) => "by week",
        Some(_) => "by month",
    }
}

fn bars(part: &CurrencyPart) -> Vec<Bar> {
    let bar = |(n, bucket): (usize, &Bucket)| Bar {
        label: bucket.label.clone(),
        value: bucket.figures.total(),
        before: part.buckets_before.get(n).map(|before| before.figures.total()),
        running: bucket.running,
    };
    part.buckets.iter().enumerate().map(bar).collect()
}

#[cfg(test)]
mod tests {
    use domain::orders::Figures;

    use super::*;

    #[test]
    fn the_step_is_told_from_the_days() {
        let bucket = |day: &str| Bucket {
            label: String::new(),
            day: day.parse().unwrap(),
            figures: Figures::default(),
            running: false,
        };
        let step_of = |a: &str, b: &str| step(&[bucket(a), bucket(b)]);
        assert_eq!(step_of("2026-01-01", "2026-01-01"), "by hour");
        assert_eq!(step_of("2026-01-01", "2026-01-02"), "by day");
        assert_eq!(step_of("2026-01-01", "2026-01-08"), "by week");
        assert_eq!(step_of("2026-01-15", "2026-02-01"), "by month");
    }
}
