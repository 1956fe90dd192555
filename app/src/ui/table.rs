//! Tables: rows of 40 px, figures at the right.

use leptos::prelude::*;
use leptos::tachys::html::InertElement;

use super::html::Html;

/// A column's heading.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// What stands above it.
    pub title: &'static str,
    /// Whether it holds figures.
    pub figures: bool,
    /// Whether a phone leaves it out.
    pub wide_only: bool,
}

impl Column {
    /// A column of words.
    pub const fn text(title: &'static str) -> Self {
        Self { title, figures: false, wide_only: false }
    }

    /// A column of figures.
    pub const fn figures(title: &'static str) -> Self {
        Self { title, figures: true, wide_only: false }
    }

    /// The same, left out on a phone.
    #[must_use]
    pub const fn wide(self) -> Self {
        Self { wide_only: true, ..self }
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

/// A table; its body is the rows, as views or, where there are many, as HTML.
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
    /// On a phone, rows of two lines: cells are placed by their classes `at-*`.
    #[prop(optional)]
    stacks: bool,
    /// The rows as HTML, within their `tbody`.
    #[prop(optional)]
    rows: Option<Html>,
    /// The rows as views.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let heads = columns.into_iter().map(|c| view! { <th scope="col" class=c.class()>{c.title}</th> }).collect_view();
    let label = caption.clone();
    let class = match (dense, stacks) {
        (_, true) => "table stacks",
        (true, false) => "table dense",
        (false, false) => "table",
    };
    let body = match rows {
        // As it is: an attribute's value would be copied on its way.
        Some(rows) => InertElement::new(rows.into_string()).into_any(),
        None => view! { <tbody>{children.map(|children| children())}</tbody> }.into_any(),
    };
    view! {
        <div class="table-box" tabindex="0" role="region" aria-label=label>
            <table class=class>
                <caption>{caption}</caption>
                <thead>
                    <tr>{heads}</tr>
                </thead>
                {body}
            </table>
        </div>
    }
}
