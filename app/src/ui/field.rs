//! Fields of forms: label above, fault below, nothing lost.

use leptos::prelude::*;
use leptos::tachys::html::InertElement;

use super::html::Html;

// What a field takes, and an option of it, roughly.
const FIELD_BYTES: usize = 256;
const OPTION_BYTES: usize = 64;

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
    let frame = Frame { name: &name, label: &label, fault: fault.as_deref(), hint };
    frame.around(FIELD_BYTES, |html| {
        html.markup("<input");
        frame.named(html);
        html.attribute("type", Some(kind)).attribute("value", Some(&value)).attribute("placeholder", example);
        html.attribute("autocomplete", Some(autocomplete.unwrap_or("off"))).attribute("inputmode", inputmode);
        html.flag("required", required).flag("autofocus", autofocus);
        frame.described(html);
        html.markup(">");
    })
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
    let frame = Frame { name, label: &label, fault: fault.as_deref(), hint };
    frame.around(FIELD_BYTES + options.len() * OPTION_BYTES, |html| {
        html.markup("<select");
        frame.named(html);
        frame.described(html);
        html.markup(">");
        for (value, words) in &options {
            html.markup("<option").attribute("value", Some(value)).flag("selected", *value == chosen);
            html.markup(">").text(words).markup("</option>");
        }
        html.markup("</select>");
    })
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
    let frame = Frame { name, label: &label, fault: fault.as_deref(), hint };
    frame.around(FIELD_BYTES + value.len(), |html| {
        html.markup("<textarea");
        frame.named(html);
        html.markup(" rows=\"2\" maxlength=\"500\"");
        frame.described(html);
        // Views do not escape what stands in a text area, so it is written here. Browsers drop a line break that follows
        // the tag: this one goes, and the first of the text stays.
        html.markup(">\n").text(&value).markup("</textarea>");
    })
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

// What stands around every control: its label above, its fault or a word of help below.
struct Frame<'a> {
    name: &'a str,
    label: &'a str,
    fault: Option<&'a str>,
    hint: Option<&'static str>,
}

impl Frame<'_> {
    fn around(&self, bytes: usize, control: impl FnOnce(&mut Html)) -> InertElement {
        let mut html = Html::with_capacity(bytes);
        html.markup("<div class=\"field\"><label for=\"f-").text(self.name).markup("\">").text(self.label);
        html.markup("</label>");
        control(&mut html);
        let below = match (self.fault, self.hint) {
            (Some(fault), _) => Some(("fault", sentence(fault))),
            (None, hint) => hint.map(|hint| ("hint", hint.to_owned())),
        };
        if let Some((class, words)) = below {
            html.markup("<p class=\"").markup(class).markup("\" id=\"f-").text(self.name).markup("-note\">");
            html.text(&words).markup("</p>");
        }
        html.markup("</div>");
        html.view()
    }

    // What ties a control to its label,
    fn named(&self, html: &mut Html) {
        html.markup(" id=\"f-").text(self.name).markup("\" name=\"").text(self.name).markup("\"");
    }

    // and to what stands below it.
    fn described(&self, html: &mut Html) {
        html.attribute("aria-invalid", self.fault.is_some().then_some("true"));
        if self.fault.is_some() || self.hint.is_some() {
            html.markup(" aria-describedby=\"f-").text(self.name).markup("-note\"");
        }
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
