//! Tables: rows of 40 px, figures at the right.

use domain::calendar::Tz;
use leptos::prelude::*;

use super::icon::{Icon, Sign};
use super::time::Clock;

/// A column's heading.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// What stands above it.
    pub title: &'static str,
    /// The zone of the moments in it, named behind the title.
    pub zone: Option<Tz>,
    /// Whether it holds figures.
    pub figures: bool,
    /// Whether a phone leaves it out.
    pub wide_only: bool,
}

/// What a list is sorted by: the heading of that column is a link that turns it round.
#[derive(Clone, Debug)]
pub struct Sorted {
    /// The column's title.
    pub by: &'static str,
    /// Whether the list begins with the greatest.
    pub descending: bool,
    /// The address of the list the other way round.
    pub turned: String,
}

impl Column {
    /// A column of words.
    pub const fn text(title: &'static str) -> Self {
        Self { title, zone: None, figures: false, wide_only: false }
    }

    /// A column of moments, told by `clock`.
    pub const fn time(title: &'static str, clock: &Clock) -> Self {
        Self { zone: Some(clock.zone), ..Self::text(title) }
    }

    /// A column of figures.
    pub const fn figures(title: &'static str) -> Self {
        Self { title, zone: None, figures: true, wide_only: false }
    }

    /// The same, left out on a phone.
    #[must_use]
    pub const fn wide(self) -> Self {
        Self { wide_only: true, ..self }
    }

    // `Placed (Europe/London)`.
    fn zone_name(self) -> Option<String> {
        self.zone.map(|zone| format!(" ({})", zone.name().replace('_', " ")))
    }

    const fn class(self) -> Option<&'static str> {
        match (self.figures, self.wide_only) {
            (true, true) => Some("num wide"),
            (true, false) => Some("num"),
            (false, true) => Some("wide"),
            (false, false) => None,
        }
    }
}

/// A table.
#[component]
pub fn Table(
    /// What it lists, for screen readers.
    #[prop(into)]
    caption: String,
    /// The headings.
    columns: Vec<Column>,
    /// Rows of 32 px.
    #[prop(optional)]
    dense: bool,
    /// Whether a row takes two lines on a phone: cells are placed by their classes `at-*`.
    #[prop(optional)]
    stacks: bool,
    /// What it is sorted by, where that can be turned round.
    #[prop(optional)]
    sorted: Option<Sorted>,
    /// The rows.
    children: Children,
) -> impl IntoView {
    let heads = columns.into_iter().map(|column| head(column, sorted.as_ref())).collect_view();
    let label = caption.clone();
    let class = match (dense, stacks) {
        (true, _) => "table dense",
        (false, true) => "table stacks",
        (false, false) => "table",
    };
    view! {
        <div class="table-box" tabindex="0" role="region" aria-label=label>
            <table class=class>
                <caption>{caption}</caption>
                <thead>
                    <tr>{heads}</tr>
                </thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
}

fn head(column: Column, sorted: Option<&Sorted>) -> impl IntoView + use<> {
    let sorted = sorted.filter(|sorted| sorted.by == column.title);
    let way = sorted.map(|sorted| if sorted.descending { "descending" } else { "ascending" });
    let turn = sorted.map(|sorted| {
        let sign = if sorted.descending { Sign::ArrowDown } else { Sign::ArrowUp };
        view! { <a class="sort" href=sorted.turned.clone()>{column.title}<Icon sign/></a> }
    });
    let title = turn.is_none().then_some(column.title);
    let zone = column.zone_name().map(|zone| view! { <span class="zone">{zone}</span> });
    view! { <th scope="col" class=column.class() aria-sort=way>{turn}{title}{zone}</th> }
}
