//! `/platform/tenants` and below it: who is here, on which tier, and how they fare. What they keep is theirs.

mod create;
mod list;
mod model;
mod show;

pub use create::{form as create, made};
pub use list::page as list;
pub use model::{MadeOwner, NewTenantForm, OneTenant, TenantList};
pub use show::page as show;

use db::platform::{Figures, TenantRow};
use domain::tenants::TenantState;
use leptos::prelude::*;

use crate::ui::money::things;
use crate::ui::{Pill, Tone};

/// What a deletion comes to, a sentence a line: on the page and at the command line.
pub fn plan(tenant: &TenantRow, figures: &Figures, days: u32, end: &str, kept_days: u32) -> Vec<String> {
    vec![
        format!(
            "{} ({}) has {}, {} and {} this month.",
            tenant.name,
            tenant.slug,
            things(figures.stores, "store", "stores"),
            things(figures.members, "member", "members"),
            things(figures.orders, "order", "orders")
        ),
        "Access is blocked immediately. Members see the reason.".to_owned(),
        format!("Stoa creates and verifies a final backup, and stores it for {kept_days} days."),
        match days {
            0 => "Then all its data is deleted: rows, files, backups and queued jobs. You cannot undo this.".to_owned(),
            days => format!(
                "After {} ({end}) all its data is deleted: rows, files, backups and queued jobs. You can cancel the \
                 deletion until then.",
                things(i64::from(days), "day", "days")
            ),
        },
        "User accounts stay, because users can belong to other tenants. Platform backups and archived partitions \
         contain the data until they expire."
            .to_owned(),
    ]
}

fn state(state: TenantState) -> impl IntoView {
    let tone = match state {
        TenantState::Active => Tone::Neutral,
        TenantState::Suspended => Tone::Attention,
        TenantState::Leaving => Tone::Critical,
    };
    view! { <Pill tone label=state.label()/> }
}
