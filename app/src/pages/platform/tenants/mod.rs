//! `/platform/tenants` and below it: who is here, on which tier, and how they fare. What they keep is theirs.

mod create;
mod list;
mod show;

pub use create::{MadeOwner, NewTenantForm, form as create, made};
pub use list::{TenantList, page as list};
pub use show::{OneTenant, page as show};

use db::platform::{Figures, TenantRow};
use domain::tenants::TenantState;
use leptos::prelude::*;

use crate::ui::money::things;
use crate::ui::{Pill, Tone};

/// What a deletion comes to, a sentence a line: on the page and at the command line.
pub fn plan(tenant: &TenantRow, figures: &Figures, days: u32, end: &str, kept_days: u32) -> Vec<String> {
    vec![
        format!(
            "{} ({}) has {}, {} and {} of this month.",
            tenant.name,
            tenant.slug,
            things(figures.stores, "store", "stores"),
            things(figures.members, "member", "members"),
            things(figures.orders, "order", "orders")
        ),
        "It is closed at once: nobody gets in any more, and its people are told why.".to_owned(),
        format!("All of it is saved once more and read back. That export is kept for {kept_days} days after its making."),
        match days {
            0 => "Then everything of it is deleted for good: rows, files, backups, waiting work. That cannot be taken back.".to_owned(),
            days => format!(
                "After {} ({end}) everything of it is deleted for good: rows, files, backups, waiting work. Until then that can be taken back.",
                things(i64::from(days), "day", "days")
            ),
        },
        "Accounts of its people stay: they may belong elsewhere. Backups of the whole installation and archived quarters hold it until their own time is over.".to_owned(),
    ]
}

fn state(state: TenantState) -> AnyView {
    let tone = match state {
        TenantState::Active => Tone::Neutral,
        TenantState::Suspended => Tone::Attention,
        TenantState::Leaving => Tone::Critical,
    };
    view! { <Pill tone label=state.label()/> }.into_any()
}
