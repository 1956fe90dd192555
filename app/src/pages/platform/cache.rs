//! `/platform/cache`: how often figures and pages were found, where, and how much room they take.

use db::cache::Figures;
use leptos::prelude::*;

use super::model::CachePage;
use crate::document::Document;
use crate::ui::money::count;
use crate::ui::text::size;
use crate::ui::time::span;
use crate::ui::{Card, Notice, PageHeader, Tone};

/// Seconds between two looks.
const LIVE: u32 = 10;

/// `99.2 %`, or nothing where nobody asked.
pub fn found(figures: &Figures) -> Option<String> {
    let permille = (figures.asked - figures.computed.min(figures.asked)) * 1_000 / figures.asked.max(1);
    (figures.asked > 0).then(|| format!("{}.{} %", permille / 10, permille % 10))
}

/// Renders the page.
pub fn page(page: &CachePage) -> Document {
    page.frame.render_live("Cache", LIVE, || {
        let begun = span(page.clock.now - page.since);
        let note = format!("This process, started {begun} ago").into_any();
        view! {
            <PageHeader title="Cache" note=note/>
            <div class="flex flex-col gap-3.5" data-live="cache">
                {redis(page)}
                <div class="grid grid-cols-1 items-start gap-3 md:grid-cols-2">{asked(page)}{room(page)}</div>
                <Card title="Cache lifetime">
                    <p>
                        "Each change invalidates the tenant's cached pages. "
                        "Unused entries expire after 5 minutes."
                    </p>
                </Card>
            </div>
        }
    })
}

fn redis(page: &CachePage) -> Option<AnyView> {
    (page.redis == Some(false)).then(|| {
        view! {
            <Notice tone=Tone::Attention>
                <p>"Redis is unavailable. Stoa runs without it; each process uses its own cache."</p>
            </Notice>
        }
        .into_any()
    })
}

fn asked(page: &CachePage) -> AnyView {
    let Figures { asked, shared, computed, .. } = page.figures;
    let whole = |n: u64| count(i64::try_from(n).unwrap_or(i64::MAX));
    let here = asked.saturating_sub(shared + computed);
    let found = found(&page.figures).unwrap_or_else(|| "no requests yet".to_owned());
    let redis = match page.redis {
        Some(true) => "connected",
        Some(false) => "unavailable",
        None => "not configured",
    };
    view! {
        <Card title="Hit rate">
            <p class="text-xl font-semibold tabular-nums">{found}</p>
            <dl class="sums">
                <dt>"Requests"</dt><dd>{whole(asked)}</dd>
                <dt>"Hits in this process"</dt><dd>{whole(here)}</dd>
                <dt>"Hits in Redis"</dt><dd>{whole(shared)}</dd>
                <dt>"Misses"</dt><dd>{whole(computed)}</dd>
                <dt>"Redis"</dt><dd>{redis}</dd>
            </dl>
        </Card>
    }
    .into_any()
}

fn room(page: &CachePage) -> AnyView {
    let Figures { entries, bytes, room, .. } = page.figures;
    let whole = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let (value, max) = (bytes.to_string(), room.to_string());
    view! {
        <Card title="Size">
            <p class="text-xl font-semibold tabular-nums">{size(whole(bytes))}</p>
            <meter min="0" max=max value=value aria-label="Cache size"></meter>
            <dl class="sums">
                <dt>"Entries"</dt><dd>{count(whole(entries))}</dd>
                <dt>"Maximum size"</dt><dd>{size(whole(room))}</dd>
            </dl>
        </Card>
    }
    .into_any()
}
