//! `/platform/tenants` and below it: who is here, on which tier, and how they fare. What they keep is theirs.

mod create;
mod list;
mod show;

pub use create::{MadeOwner, NewTenantForm, form as create, made};
pub use list::{TenantList, page as list};
pub use show::{OneTenant, page as show};

use domain::tenants::TenantState;
use leptos::prelude::*;

use crate::ui::{Pill, Tone};

fn state(state: TenantState) -> AnyView {
    let tone = match state {
        TenantState::Active => Tone::Neutral,
        TenantState::Suspended => Tone::Attention,
        TenantState::Leaving => Tone::Critical,
    };
    view! { <Pill tone label=state.label()/> }.into_any()
}
