//! The strip over every page while a platform admin looks as one of a tenant's members.

use chrono::{DateTime, Utc};
use domain::calendar::Tz;
use leptos::prelude::*;

use crate::ui::{Button, ButtonLink, Look};

/// What the strip says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookBar {
    /// Who looks.
    pub admin: String,
    /// As whom.
    pub member: String,
    /// Until when.
    pub until: DateTime<Utc>,
    /// Whether they may change things.
    pub is_raised: bool,
}

/// The strip, by the page's zone; nothing where nobody looks as somebody else.
pub fn look_bar(bar: Option<LookBar>, zone: Tz) -> Option<impl IntoView> {
    let LookBar { admin, member, until, is_raised } = bar?;
    let (until, zone) = (until.with_timezone(&zone).format("%H:%M"), zone.name().replace('_', " "));
    let words = format!("{admin}, you are viewing as {member} until {until} ({zone}).");
    let (state, raise) = if is_raised {
        ("Changes are enabled and recorded under your name.", None)
    } else {
        let raise = view! { <ButtonLink href="/impersonation/raise" label="Enable changes" look=Look::Quiet/> };
        ("Changes are disabled.", Some(raise))
    };
    Some(view! {
        <aside class="impersonation-banner" aria-label="Impersonation">
            <p><strong>{words}</strong>" "{state}</p>
            <div class="actions">
                {raise}
                <form method="post" action="/impersonation/end"><Button label="Stop viewing"/></form>
            </div>
        </aside>
    })
}
