//! What is wrong with a form and stands at none of its fields.

use leptos::prelude::*;

use super::model::Filled;
use crate::ui::Notice;
use crate::ui::pill::Tone;

/// The faults of fields that the form does not show.
pub fn notices(filled: &Filled, is_shown: impl Fn(&str) -> bool) -> Option<AnyView> {
    let general = filled.faults.0.iter().filter(|fault| !is_shown(&fault.field));
    let words: Vec<String> = general.map(|fault| fault.message.clone()).collect();
    let notice = |words: String| view! { <Notice tone=Tone::Critical>{words}</Notice> };
    (!words.is_empty()).then(|| words.into_iter().map(notice).collect_view().into_any())
}
