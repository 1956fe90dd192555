//! One job of anybody.

use domain::jobs::{JobQuery, JobState, JobView};
use leptos::prelude::*;

use super::choice;
use super::model::OneJob;
use crate::document::Document;
use crate::pages::jobs::{Shown, detail, kind};
use crate::ui::{Look, Notice, PageHeader, Tone};

/// Seconds between two looks.
const LIVE: u32 = 3;

/// Renders the page.
pub fn page(page: &OneJob) -> Document {
    let kind = kind(&page.job);
    page.frame.render_live(&kind, LIVE, || {
        let view = page.job.job.as_ref().map_or(JobView::Ended(None), |job| JobView::Live(job.state));
        let back = (Shown::Platform.list(&JobQuery::of(view)), "Jobs");
        let note = view! { <code>{page.id.to_string()}</code> }.into_any();
        let actions = actions(page);
        view! {
            <PageHeader title=kind.clone() note=note back=back>{actions}</PageHeader>
            {page.done.clone().map(|words| view! { <Notice tone=Tone::Positive>{words}</Notice> })}
            <div class="flex flex-col gap-3.5" data-live="job">{detail(Shown::Platform, &page.job, &page.people, page.clock)}</div>
        }
    })
}

fn actions(page: &OneJob) -> Option<AnyView> {
    let state = page.job.job.as_ref()?.state;
    let waits = matches!(state, JobState::Scheduled | JobState::Dead | JobState::Parked);
    let retry = waits.then(|| choice("Retry job", "retry", Look::Primary));
    let delete = (state != JobState::Running).then(|| choice("Delete job", "delete", Look::Danger));
    let job = format!("{}/{}", page.tenant, page.id);
    Some(
        view! {
            <form class="actions" method="post" action="/platform/jobs/change">
                <input type="hidden" name="which" value="chosen"/>
                <input type="hidden" name="state" value=state.as_str()/>
                <input type="hidden" name="job" value=job/>
                {retry}
                {choice("Cancel job", "cancel", Look::Secondary)}
                {delete}
            </form>
        }
        .into_any(),
    )
}
