//! The search field of the bar, with suggestions while somebody types. Without scripts it is the field of a plain form.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use crate::search::{Group, Suggestion};

const LIST: &str = "suggestions";

/// A field named `q` in a form that searches. With arrows, Enter and Escape one chooses a suggestion; Enter without a choice
/// sends the form.
#[island]
pub fn SearchBox(
    /// What the server function's address begins with: the address of the tenant.
    home: String,
    /// What it looks for, in the empty field.
    placeholder: String,
    /// The same in full, for screen readers.
    label: String,
) -> impl IntoView {
    let list = List::new();
    let typed = wake(home, list);
    let status = move || list.found.with(|found| announced(list.is_open.get(), found.len()));
    view! {
        <input
            type="search"
            name="q"
            data-search=""
            placeholder=placeholder
            aria-label=label
            autocomplete="off"
            role=move || list.is_awake.get().then_some("combobox")
            aria-autocomplete=move || list.is_awake.get().then_some("list")
            aria-controls=move || list.is_awake.get().then_some(LIST)
            aria-expanded=move || list.is_awake.get().then(|| list.is_open.get().to_string())
            aria-activedescendant=move || list.chosen.get().map(option_id)
            on:input=move |event| typed(event_target_value(&event))
            on:keydown=move |event| list.press(&event)
            on:focus=move |_| list.open()
            on:blur=move |_| list.close()
        />
        <kbd aria-hidden="true">"Ctrl K"</kbd>
        <span class="sr-only" role="status">{status}</span>
        <div class="suggestions" id=LIST role="listbox" aria-label="Suggestions" hidden=move || !list.is_open.get()>
            {move || list.found.with(|found| groups(found, list.chosen))}
        </div>
    }
}

// What the field offers.
#[derive(Clone, Copy)]
struct List {
    found: RwSignal<Vec<Suggestion>>,
    chosen: RwSignal<Option<usize>>,
    is_open: RwSignal<bool>,
    // Whether scripts are on and this island runs: until then the field says nothing of suggestions.
    is_awake: RwSignal<bool>,
}

impl List {
    fn new() -> Self {
        Self {
            found: RwSignal::new(Vec::new()),
            chosen: RwSignal::new(None),
            is_open: RwSignal::new(false),
            is_awake: RwSignal::new(false),
        }
    }

    fn open(self) {
        self.is_open.set(self.found.with(|found| !found.is_empty()));
    }

    fn close(self) {
        self.chosen.set(None);
        self.is_open.set(false);
    }

    #[cfg(feature = "hydrate")]
    fn show(self, found: Vec<Suggestion>) {
        self.chosen.set(None);
        self.found.set(found);
        self.open();
    }

    fn press(self, event: &KeyboardEvent) {
        let step = |down| {
            event.prevent_default();
            self.open();
            self.chosen.update(|chosen| *chosen = next(*chosen, self.found.with(Vec::len), down));
        };
        match event.key().as_str() {
            "ArrowDown" => step(true),
            "ArrowUp" => step(false),
            "Escape" if self.is_open.get() => {
                // The text stays; the next Escape takes it away, as everywhere.
                event.prevent_default();
                self.close();
            }
            "Enter" => {
                let chosen = self.chosen.get().and_then(|n| self.found.with(|found| found.get(n).cloned()));
                if let Some(chosen) = chosen {
                    event.prevent_default();
                    go_to(&chosen.href);
                }
            }
            _ => {}
        }
    }
}

// Around, by way of the text itself, where nothing is chosen.
fn next(chosen: Option<usize>, count: usize, down: bool) -> Option<usize> {
    match (chosen, down) {
        _ if count == 0 => None,
        (None, true) => Some(0),
        (None, false) => Some(count - 1),
        (Some(n), true) => Some(n + 1).filter(|n| *n < count),
        (Some(n), false) => n.checked_sub(1),
    }
}

fn announced(is_open: bool, count: usize) -> String {
    match count {
        _ if !is_open => String::new(),
        1 => "1 suggestion".to_owned(),
        n => format!("{n} suggestions"),
    }
}

fn option_id(n: usize) -> String {
    format!("suggestion-{n}")
}

fn groups(found: &[Suggestion], chosen: RwSignal<Option<usize>>) -> Vec<AnyView> {
    let mut first = 0;
    let mut groups = Vec::new();
    for of_group in found.chunk_by(|a, b| a.group == b.group) {
        groups.push(group(of_group[0].group, of_group, first, chosen));
        first += of_group.len();
    }
    groups
}

fn group(group: Group, found: &[Suggestion], first: usize, chosen: RwSignal<Option<usize>>) -> AnyView {
    let options: Vec<_> = (first..).zip(found).map(|(n, suggestion)| option(n, suggestion.clone(), chosen)).collect();
    view! {
        <div role="group" aria-label=group.label()>
            <p class="suggestions-group" aria-hidden="true">{group.label()}</p>
            {options}
        </div>
    }
    .into_any()
}

fn option(n: usize, suggestion: Suggestion, chosen: RwSignal<Option<usize>>) -> impl IntoView {
    let Suggestion { title, detail, href, .. } = suggestion;
    // The field keeps the focus: a click that took it away would close the list before it counts.
    view! {
        <a
            role="option"
            tabindex="-1"
            id=option_id(n)
            href=href
            aria-selected=move || (chosen.get() == Some(n)).to_string()
            on:mousedown=|event| event.prevent_default()
        >
            <span dir="auto">{title}</span>
            <span class="text-quiet" dir="auto">{detail}</span>
        </a>
    }
}

#[cfg(not(feature = "hydrate"))]
fn go_to(_address: &str) {}

#[cfg(feature = "hydrate")]
fn go_to(address: &str) {
    if let Some(window) = web_sys::window() {
        let _stays = window.location().assign(address);
    }
}

#[cfg(not(feature = "hydrate"))]
fn wake(_home: String, _list: List) -> impl Fn(String) + Clone + 'static {
    |_: String| ()
}

#[cfg(feature = "hydrate")]
fn wake(home: String, list: List) -> impl Fn(String) + Clone + 'static {
    // An effect: what the server drew must be drawn the same way before anything changes.
    Effect::new(move |_| list.is_awake.set(true));
    let typing = typing::Typing::new(home);
    move |text| typing.changed(text, list)
}

// Asks when somebody pauses, and gives up what was asked before.
#[cfg(feature = "hydrate")]
mod typing {
    use std::cell::{Cell, RefCell};
    use std::rc::Rc;
    use std::time::Duration;

    use leptos::leptos_dom::helpers::TimeoutHandle;
    use leptos::prelude::set_timeout_with_handle;
    use leptos::task::spawn_local;

    use super::List;
    use crate::islands::ask;
    use crate::islands::stream::field;
    use crate::search::{Group, Suggestion};

    const PAUSE: Duration = Duration::from_millis(150);

    #[derive(Clone)]
    pub struct Typing {
        home: Rc<str>,
        timer: Rc<RefCell<Option<TimeoutHandle>>>,
        // Which text the list is about: answers to former ones are dropped.
        version: Rc<Cell<u32>>,
    }

    impl Typing {
        pub fn new(home: String) -> Self {
            Self { home: home.into(), timer: Rc::default(), version: Rc::default() }
        }

        pub fn changed(&self, text: String, list: List) {
            if let Some(timer) = self.timer.take() {
                timer.clear();
            }
            let version = self.version.get().wrapping_add(1);
            self.version.set(version);
            if text.trim().is_empty() {
                list.show(Vec::new());
                return;
            }
            let current = Rc::clone(&self.version);
            let address = format!("{}/fn/search?q={}", self.home, js_sys::encode_uri_component(&text));
            let ask = move || {
                spawn_local(async move {
                    // Without an answer there is still the form.
                    let found = suggestions(address).await;
                    if current.get() == version {
                        list.show(found);
                    }
                });
            };
            self.timer.replace(set_timeout_with_handle(ask, PAUSE).ok());
        }
    }

    // What the server function answers; nothing when it does not.
    async fn suggestions(address: String) -> Vec<Suggestion> {
        let Ok(found) = ask::json(&address).await else { return Vec::new() };
        js_sys::Array::from(&found).iter().filter_map(|suggestion| read(&suggestion)).collect()
    }

    fn read(suggestion: &wasm_bindgen::JsValue) -> Option<Suggestion> {
        let text = |name| field(suggestion, name).as_string();
        let group = match text("group")?.as_str() {
            "Orders" => Group::Orders,
            "Customers" => Group::Customers,
            _ => Group::Pages,
        };
        Some(Suggestion { group, title: text("title")?, detail: text("detail")?, href: text("href")? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_go_around_by_way_of_the_text() {
        let down = |chosen| next(chosen, 2, true);
        assert_eq!([down(None), down(Some(0)), down(Some(1))], [Some(0), Some(1), None]);
        let up = |chosen| next(chosen, 2, false);
        assert_eq!([up(None), up(Some(1)), up(Some(0))], [Some(1), Some(0), None]);
        assert_eq!([next(None, 0, true), next(None, 0, false)], [None, None]);
    }

    #[test]
    fn the_number_of_suggestions_is_announced_while_they_are_shown() {
        assert_eq!(
            [announced(false, 3), announced(true, 1), announced(true, 3)],
            ["", "1 suggestion", "3 suggestions"]
        );
    }
}
