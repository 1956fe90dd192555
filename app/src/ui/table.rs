//! Tables: rows of 40 px, figures at the right.

use domain::calendar::Tz;
use leptos::prelude::*;
use leptos::tachys::html::InertElement;

use super::html::Html;
use super::icon::{Sign, write_icon};
use super::time::Clock;

// What stands around the rows, roughly.
const HEAD_BYTES: usize = 1_024;

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
#[derive(Clone, Copy, Debug)]
pub struct Sorted<'a> {
    /// The column's title.
    pub by: &'static str,
    /// Whether the list begins with the greatest.
    pub descending: bool,
    /// The address of the list the other way round.
    pub turned: &'a str,
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
    /// The rows.
    children: Children,
) -> impl IntoView {
    let heads = columns
        .into_iter()
        .map(|c| view! { <th scope="col" class=c.class()>{c.title}{c.zone_name()}</th> })
        .collect_view();
    let label = caption.clone();
    let class = if dense { "table dense" } else { "table" };
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

/// A table of many rows, which `rows` writes, with room for so many `bytes` of them. On a phone each takes two lines: cells
/// are placed by their classes `at-*`.
pub fn long_table(
    caption: &'static str,
    columns: &[Column],
    sorted: Sorted<'_>,
    bytes: usize,
    rows: impl FnOnce(&mut Html),
) -> InertElement {
    let mut html = Html::with_capacity(HEAD_BYTES + bytes);
    html.markup("<div class=\"table-box\" tabindex=\"0\" role=\"region\"").attribute("aria-label", Some(caption));
    html.markup("><table class=\"table stacks\"><caption>").markup(caption).markup("</caption><thead><tr>");
    for column in columns {
        html.markup("<th scope=\"col\"").attribute("class", column.class());
        if column.title == sorted.by {
            write_sort(&mut html, sorted);
        } else {
            html.markup(">").markup(column.title);
        }
        if let Some(zone) = column.zone_name() {
            html.markup("<span class=\"zone\">").text(&zone).markup("</span>");
        }
        html.markup("</th>");
    }
    html.markup("</tr></thead><tbody>");
    rows(&mut html);
    html.markup("</tbody></table></div>");
    html.view()
}

fn write_sort(html: &mut Html, sorted: Sorted<'_>) {
    let (way, sign) = if sorted.descending { ("descending", Sign::ArrowDown) } else { ("ascending", Sign::ArrowUp) };
    html.attribute("aria-sort", Some(way)).markup("><a class=\"sort\"").attribute("href", Some(sorted.turned));
    html.markup(">").markup(sorted.by);
    write_icon(html, sign);
    html.markup("</a>");
}
