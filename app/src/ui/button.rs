//! Buttons and links that look like them.

use leptos::prelude::*;

use super::icon::{Icon, Sign};
use super::read_only;

/// How much a button asks for attention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// The one thing to do here.
    Primary,
    /// Something else to do here.
    #[default]
    Secondary,
    /// Something that cannot be taken back.
    Danger,
    /// Barely there.
    Quiet,
}

impl Look {
    const fn class(self) -> &'static str {
        match self {
            Self::Primary => "btn btn-primary",
            Self::Secondary => "btn",
            Self::Danger => "btn btn-danger",
            Self::Quiet => "btn btn-quiet",
        }
    }
}

/// Sends the form it stands in.
#[component]
pub fn Button(
    /// What it does, verb first.
    #[prop(into)]
    label: String,
    /// How much it asks for attention.
    #[prop(optional)]
    look: Look,
    /// Name of the value it sends.
    #[prop(optional)]
    name: Option<&'static str>,
    /// The value it sends.
    #[prop(optional, into)]
    value: Option<String>,
    /// An icon before the label.
    #[prop(optional)]
    sign: Option<Sign>,
) -> impl IntoView {
    view! {
        <button type="submit" class=look.class() name=name value=value>
            {sign.map(|sign| view! { <Icon sign/> })}
            {label}
        </button>
    }
}

/// Leads somewhere, with the looks of a button. What only leads to a change is not offered to whoever changes nothing.
#[component]
pub fn ButtonLink(
    /// Where to.
    #[prop(into)]
    href: String,
    /// What happens there, verb first.
    #[prop(into)]
    label: String,
    /// How much it asks for attention.
    #[prop(optional)]
    look: Look,
    /// An icon before the label.
    #[prop(optional)]
    sign: Option<Sign>,
    /// Whether one goes there to change something.
    #[prop(optional)]
    writes: bool,
) -> impl IntoView {
    let is_offered = !(writes && read_only::is_on());
    let link = || {
        view! {
            <a class=look.class() href=href>
                {sign.map(|sign| view! { <Icon sign/> })}
                {label}
            </a>
        }
    };
    is_offered.then(link)
}
