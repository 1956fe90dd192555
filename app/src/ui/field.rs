//! Fields of forms: label above, fault below, nothing lost.

use leptos::prelude::*;

/// A line of text, a number, a day.
#[component]
pub fn Field(
    /// Its name in the form.
    #[prop(into)]
    name: String,
    /// What people read.
    #[prop(into)]
    label: String,
    /// What was typed before.
    #[prop(optional, into)]
    value: String,
    /// `text` when not said.
    #[prop(optional)]
    kind: Option<&'static str>,
    /// What is wrong with it.
    #[prop(optional_no_strip)]
    fault: Option<String>,
    /// A word of help.
    #[prop(optional)]
    hint: Option<&'static str>,
    /// How the browser may fill it.
    #[prop(optional)]
    autocomplete: Option<&'static str>,
    /// What it may look like while empty.
    #[prop(optional)]
    example: Option<&'static str>,
    /// Whether the form needs it.
    #[prop(optional)]
    required: bool,
    /// Whether the page begins here.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let (id, below) = (format!("f-{name}"), format!("f-{name}-note"));
    let described = (fault.is_some() || hint.is_some()).then(|| below.clone());
    let inputmode = (kind == Some("amount")).then_some("decimal");
    // Browsers empty a day field whose text is no day: a faulty one is shown as the text that it is.
    let keeps = |kind: &&str| *kind != "amount" && !(*kind == "date" && fault.is_some());
    let kind = kind.filter(keeps).unwrap_or("text");
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input
                id=id
                name=name
                type=kind
                value=value
                placeholder=example
                autocomplete=autocomplete.unwrap_or("off")
                inputmode=inputmode
                required=required
                autofocus=autofocus
                aria-invalid=fault.is_some().then_some("true")
                aria-describedby=described
            />
            {note(below, fault, hint)}
        </div>
    }
}

/// One of a few choices.
#[component]
pub fn SelectField(
    /// Its name in the form.
    name: &'static str,
    /// What people read.
    #[prop(into)]
    label: String,
    /// Values and their words, in order.
    options: Vec<(String, String)>,
    /// The value chosen.
    #[prop(optional, into)]
    chosen: String,
    /// What is wrong with it.
    #[prop(optional_no_strip)]
    fault: Option<String>,
    /// A word of help.
    #[prop(optional)]
    hint: Option<&'static str>,
) -> impl IntoView {
    let (id, below) = (format!("f-{name}"), format!("f-{name}-note"));
    let described = (fault.is_some() || hint.is_some()).then(|| below.clone());
    let options = options
        .into_iter()
        .map(|(value, words)| {
            let selected = value == chosen;
            view! { <option value=value selected=selected>{words}</option> }
        })
        .collect_view();
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <select id=id name=name aria-invalid=fault.is_some().then_some("true") aria-describedby=described>
                {options}
            </select>
            {note(below, fault, hint)}
        </div>
    }
}

/// A few lines of text.
#[component]
pub fn TextArea(
    /// Its name in the form.
    name: &'static str,
    /// What people read.
    #[prop(into)]
    label: String,
    /// What was typed before.
    #[prop(optional, into)]
    value: String,
    /// What is wrong with it.
    #[prop(optional_no_strip)]
    fault: Option<String>,
    /// A word of help.
    #[prop(optional)]
    hint: Option<&'static str>,
) -> impl IntoView {
    let (id, below) = (format!("f-{name}"), format!("f-{name}-note"));
    let described = (fault.is_some() || hint.is_some()).then(|| below.clone());
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <textarea id=id name=name rows="2" maxlength="500" aria-invalid=fault.is_some().then_some("true") aria-describedby=described>
                {value}
            </textarea>
            {note(below, fault, hint)}
        </div>
    }
}

/// A file to be uploaded.
#[component]
pub fn FileField(
    /// Its name in the form.
    name: &'static str,
    /// What people read.
    label: &'static str,
    /// What is wrong with it.
    #[prop(optional_no_strip)]
    fault: Option<String>,
    /// A word of help.
    #[prop(optional)]
    hint: Option<&'static str>,
) -> impl IntoView {
    let (id, below) = (format!("f-{name}"), format!("f-{name}-note"));
    let described = (fault.is_some() || hint.is_some()).then(|| below.clone());
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input
                id=id
                name=name
                type="file"
                required=true
                accept=".csv,.jsonl,.ndjson,.gz,.txt"
                aria-invalid=fault.is_some().then_some("true")
                aria-describedby=described
            />
            {note(below, fault, hint)}
        </div>
    }
}

fn note(id: String, fault: Option<String>, hint: Option<&'static str>) -> Option<AnyView> {
    match (fault, hint) {
        (Some(fault), _) => Some(view! { <p class="fault" id=id>{sentence(&fault)}</p> }.into_any()),
        (None, Some(hint)) => Some(view! { <p class="hint" id=id>{hint}</p> }.into_any()),
        (None, None) => None,
    }
}

/// A fault as a sentence: rules speak of the field in the third person, people read it below its label.
pub fn sentence(fault: &str) -> String {
    let mut letters = fault.chars();
    let first = letters.next().map(|c| c.to_uppercase().collect::<String>()).unwrap_or_default();
    let end = if fault.ends_with(['.', '?']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}
