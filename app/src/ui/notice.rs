//! A message across the page: what was just done, or what stands in the way.

use leptos::prelude::*;

use super::icon::{Icon, Sign};
use super::pill::Tone;

/// A message with its tone.
#[component]
pub fn Notice(
    /// What it means.
    tone: Tone,
    /// The message.
    children: Children,
) -> impl IntoView {
    let sign = match tone {
        Tone::Positive => Sign::Check,
        Tone::Attention => Sign::Warning,
        Tone::Critical => Sign::Stop,
        Tone::Neutral | Tone::Info => Sign::Info,
    };
    let role = if tone == Tone::Critical { "alert" } else { "status" };
    view! {
        <div class=format!("notice {}", tone.as_str()) role=role>
            <Icon sign/>
            <div>{children()}</div>
        </div>
    }
}
