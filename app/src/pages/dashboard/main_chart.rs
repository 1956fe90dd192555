//! The chart of one currency: the total by hour, day, week or month, as the period asks for.

use chrono::{Datelike, NaiveDate};
use db::dashboards::{Bucket, CurrencyPart, Dashboard};
use domain::money::Money;
use domain::orders::Figures;
use leptos::prelude::*;

use super::{DashboardPage, against};
use crate::ui::Card;
use crate::ui::chart::{Bar, BarChart};
use crate::ui::money::things;
use crate::ui::time::days;

const MOST_DAYS: usize = 92;
const MOST_WEEKS: usize = 400;

/// The chart of one currency.
pub fn main_chart(page: &DashboardPage, dashboard: &Dashboard, part: &CurrencyPart) -> impl IntoView + use<> {
    let by = Step::of(dashboard, part.buckets.len());
    let against = against(&page.query, dashboard).filter(|_| !part.buckets_before.is_empty());
    let title = format!("Total {}", by.words());
    let description = format!(
        "{}: {} from {}, {} in all.",
        days(dashboard.period.from, dashboard.period.to),
        Money::new(part.now.total(), part.currency),
        things(part.now.orders, "order", "orders"),
        by.words(),
    );
    let (bars, currency) = (bars(part, by), part.currency);
    view! {
        <Card title=title.clone()>
            <BarChart title description currency bars against/>
        </Card>
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Step {
    Hour,
    Day,
    Week,
    Month,
}

impl Step {
    fn of(dashboard: &Dashboard, buckets: usize) -> Self {
        match buckets {
            _ if dashboard.period.from == dashboard.period.to => Self::Hour,
            0..=MOST_DAYS => Self::Day,
            ..=MOST_WEEKS => Self::Week,
            _ => Self::Month,
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Hour => "by hour",
            Self::Day => "by day",
            Self::Week => "by week",
            Self::Month => "by month",
        }
    }

    // Whether the bucket of `day`, the n-th, begins another bar.
    fn begins(self, n: usize, day: NaiveDate) -> bool {
        match self {
            Self::Hour | Self::Day => true,
            Self::Week => n.is_multiple_of(7),
            Self::Month => n == 0 || day.day() == 1,
        }
    }

    fn label(self, bucket: &Bucket) -> String {
        match self {
            Self::Month => bucket.day.format("%b %Y").to_string(),
            Self::Hour | Self::Day | Self::Week => bucket.label.clone(),
        }
    }
}

fn bars(part: &CurrencyPart, by: Step) -> Vec<Bar> {
    let mut bars: Vec<Bar> = Vec::new();
    for (n, bucket) in part.buckets.iter().enumerate() {
        let before = part.buckets_before.get(n).map(|b| total(&b.figures));
        let value = total(&bucket.figures);
        match bars.last_mut().filter(|_| !by.begins(n, bucket.day)) {
            Some(bar) => {
                bar.value += value;
                bar.before = bar.before.map_or(before, |sum| Some(sum + before.unwrap_or(0)));
                bar.running |= bucket.running;
            }
            None => bars.push(Bar { label: by.label(bucket), value, before, running: bucket.running }),
        }
    }
    bars
}

const fn total(figures: &Figures) -> i64 {
    figures.total()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_periods_are_told_by_month_and_lose_nothing() {
        let from: NaiveDate = "2024-01-15".parse().unwrap();
        let bucket = |n: i64| Bucket {
            label: String::new(),
            day: from + chrono::Duration::days(n),
            figures: Figures { gross: 10, ..Figures::default() },
            running: n == 499,
        };
        let buckets: Vec<Bucket> = (0..500).map(bucket).collect();
        let part = CurrencyPart {
            currency: "GBP".parse().unwrap(),
            now: Figures::default(),
            before: None,
            buckets_before: buckets[..100].to_vec(),
            buckets,
        };
        let bars = bars(&part, Step::Month);
        assert_eq!((bars.len(), bars[0].label.as_str(), bars[0].value), (17, "Jan 2024", 170));
        assert_eq!(bars.iter().map(|b| b.value).sum::<i64>(), 5_000);
        assert_eq!(bars.iter().filter_map(|b| b.before).sum::<i64>(), 1_000);
        assert!(bars[16].running && !bars[0].running);
    }
}
