//! Fields of forms: label above, fault below, nothing lost.

use leptos::prelude::*;

use super::html::Html;

// What a text area takes beside its text, roughly.
const AREA_BYTES: usize = 192;

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
    let inputmode = (kind == Some("amount")).then_some("decimal");
    // Browsers empty a day field whose text is no day: a faulty one is shown as the text that it is.
    let keeps = |kind: &&str| *kind != "amount" && !(*kind == "date" && fault.is_some());
    let kind = kind.filter(keeps).unwrap_or("text");
    let Ids { id, note } = Ids::of(&name);
    let (invalid, described) = described(&note, fault.is_some(), hint);
    view! {
        <Labelled id=id.clone() label note fault hint>
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
                aria-invalid=invalid
                aria-describedby=described
            />
        </Labelled>
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
    let option = |(value, words): (String, String)| {
        let is_chosen = value == chosen;
        view! { <option value=value selected=is_chosen>{words}</option> }
    };
    let options = options.into_iter().map(option).collect_view();
    let Ids { id, note } = Ids::of(name);
    let (invalid, described) = described(&note, fault.is_some(), hint);
    view! {
        <Labelled id=id.clone() label note fault hint>
            <select id=id name=name aria-invalid=invalid aria-describedby=described>{options}</select>
        </Labelled>
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
    /// Most characters.
    #[prop(default = 500)]
    most: usize,
) -> impl IntoView {
    let Ids { id, note } = Ids::of(name);
    let (invalid, described) = described(&note, fault.is_some(), hint);
    // Views do not escape what stands in a text area, so it is written here. Browsers drop a line break that follows the tag:
    // this one goes, and the first of the text stays.
    let mut html = Html::with_capacity(AREA_BYTES + value.len());
    html.markup("<textarea").attribute("id", Some(&id)).attribute("name", Some(name));
    html.markup(" rows=\"2\"").attribute("maxlength", Some(&most.to_string())).attribute("aria-invalid", invalid);
    html.attribute("aria-describedby", described.as_deref()).markup(">\n").text(&value).markup("</textarea>");
    view! { <Labelled id label note fault hint>{html.view()}</Labelled> }
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
    let Ids { id, note } = Ids::of(name);
    let (invalid, described) = described(&note, fault.is_some(), hint);
    view! {
        <Labelled id=id.clone() label=label.to_owned() note fault hint>
            <input
                id=id
                name=name
                type="file"
                required=true
                accept=".csv,.jsonl,.ndjson,.gz,.txt"
                aria-invalid=invalid
                aria-describedby=described
            />
        </Labelled>
    }
}

/// What stands around every control: its label above, its fault or a word of help below.
#[component]
fn Labelled(
    /// The control's id.
    id: String,
    /// What people read.
    label: String,
    /// The id of what is below.
    note: String,
    /// What is wrong with what was typed.
    fault: Option<String>,
    /// A word of help.
    hint: Option<&'static str>,
    /// The control.
    children: Children,
) -> impl IntoView {
    let below = match (fault, hint) {
        (Some(fault), _) => Some(("fault", sentence(&fault))),
        (None, hint) => hint.map(|hint| ("hint", hint.to_owned())),
    };
    let below = below.map(|(class, words)| view! { <p class=class id=note>{words}</p> });
    view! {
        <div class="field">
            <label for=id>{label}</label>
            {children()}
            {below}
        </div>
    }
}

// The ids of a control and of what stands below it.
struct Ids {
    id: String,
    note: String,
}

impl Ids {
    fn of(name: &str) -> Self {
        Self { id: format!("f-{name}"), note: format!("f-{name}-note") }
    }
}

// What ties a control to what stands below it: `aria-invalid`, `aria-describedby`.
fn described(note: &str, is_faulty: bool, hint: Option<&str>) -> (Option<&'static str>, Option<String>) {
    (is_faulty.then_some("true"), (is_faulty || hint.is_some()).then(|| note.to_owned()))
}

/// A fault as a sentence: rules speak of the field in the third person, people read it below its label.
pub fn sentence(fault: &str) -> String {
    let mut letters = fault.chars();
    let first = letters.next().map(|c| c.to_uppercase().collect::<String>()).unwrap_or_default();
    let end = if fault.ends_with(['.', '?']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::render;

    #[test]
    fn text_in_a_text_area_stays_text_and_keeps_its_first_line_break() {
        for text in ["</textarea><b>x</b>", "</TeXtArEa ><script>pwned()</script>", "\n\nsecond", "a & b", "--><!--"] {
            let html = render(|| view! { <TextArea name="reason" label="Why" value=text/> });
            let inner = html.split_once("\">\n").and_then(|(_, rest)| rest.split_once("</textarea>")).unwrap();
            assert!(!inner.0.contains('<') && !inner.1.contains("</textarea>"), "{html}");
            let page = scraper::Html::parse_document(&html);
            let area = page.select(&scraper::Selector::parse("textarea").unwrap()).next().unwrap();
            assert_eq!(area.text().collect::<String>(), text, "{html}");
        }
    }
}
