//! The bar over every page during an impersonation: a platform admin views a tenant as one of its members.

use chrono::{DateTime, Utc};
use domain::calendar::Tz;
use leptos::prelude::*;

use crate::ui::{Button, ButtonLink, Look};

/// What the bar says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImpersonationBar {
    /// The platform admin.
    pub admin: String,
    /// As whom.
    pub member: String,
    /// Until when.
    pub until: DateTime<Utc>,
    /// Whether they may change things.
    pub has_write_access: bool,
}

/// The bar, by the page's zone; nothing without an impersonation.
pub fn impersonation_bar(bar: Option<ImpersonationBar>, zone: Tz) -> Option<impl IntoView> {
    let ImpersonationBar { admin, member, until, has_write_access } = bar?;
    let (until, zone) = (until.with_timezone(&zone).format("%H:%M"), zone.name().replace('_', " "));
    let words = format!("{admin}, you are viewing as {member} until {until} ({zone}).");
    let (state, write_access) = if has_write_access {
        ("Changes are enabled and recorded under your name.", None)
    } else {
        let write_access =
            view! { <ButtonLink href="/impersonation/write-access" label="Enable changes" look=Look::Quiet/> };
        ("Changes are disabled.", Some(write_access))
    };
    Some(view! {
        <aside class="impersonation-bar" aria-label="Impersonation">
            <p><strong>{words}</strong>" "{state}</p>
            <div class="actions">
                {write_access}
                <form method="post" action="/impersonation/end"><Button label="Stop viewing"/></form>
            </div>
        </aside>
    })
}
