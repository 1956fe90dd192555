//! Several things of which some are chosen.

use leptos::prelude::*;

use super::field::sentence;

/// One of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// The value it sends.
    pub value: String,
    /// What people read.
    pub words: String,
    /// Whether it is chosen.
    pub is_chosen: bool,
}

/// Boxes to tick. Each sends `name` with its value.
#[component]
pub fn Choices(
    /// Their name in the form.
    name: &'static str,
    /// What people read above them.
    #[prop(into)]
    label: String,
    /// The things.
    choices: Vec<Choice>,
    /// What is wrong with what was chosen.
    #[prop(optional_no_strip)]
    fault: Option<String>,
    /// A word of help.
    #[prop(optional)]
    hint: Option<&'static str>,
) -> impl IntoView {
    let below = format!("f-{name}-note");
    let described = (fault.is_some() || hint.is_some()).then(|| below.clone());
    let boxes = choices
        .into_iter()
        .enumerate()
        .map(|(n, choice)| {
            let id = format!("f-{name}-{n}");
            view! {
                <div class="tick">
                    <input type="checkbox" id=id.clone() name=name value=choice.value checked=choice.is_chosen/>
                    <label for=id dir="auto">{choice.words}</label>
                </div>
            }
        })
        .collect_view();
    let note = match (fault, hint) {
        (Some(fault), _) => Some(view! { <p class="fault" id=below>{sentence(&fault)}</p> }.into_any()),
        (None, Some(hint)) => Some(view! { <p class="hint" id=below>{hint}</p> }.into_any()),
        (None, None) => None,
    };
    view! {
        <fieldset class="field" aria-describedby=described>
            <legend>{label}</legend>
            {boxes}
            {note}
        </fieldset>
    }
}
