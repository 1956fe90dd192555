//! What the chosen lines of a refund come to, while they are chosen. The server adds it up, as it does when the form is sent.

use leptos::prelude::*;

/// The sum of the form that it stands in. Without scripts, and while something that was typed is no number, it says nothing.
#[island]
pub fn RefundSum(
    /// Where the sum is asked for.
    address: String,
    /// The names of the fields that count, between spaces.
    fields: String,
) -> impl IntoView {
    let sum = RwSignal::new(None::<String>);
    // A field of the form, to find it by.
    let field = NodeRef::<leptos::html::Input>::new();
    wake((address, fields), sum, field);
    view! {
        <input type="hidden" node_ref=field/>
        <p class="text-sm text-quiet tabular-nums" role="status">
            {move || sum.get().map(|sum| format!("Selected: {sum}"))}
        </p>
    }
}

#[cfg(not(feature = "hydrate"))]
fn wake(_asked: (String, String), _sum: RwSignal<Option<String>>, _field: NodeRef<leptos::html::Input>) {}

#[cfg(feature = "hydrate")]
fn wake((address, fields): (String, String), sum: RwSignal<Option<String>>, field: NodeRef<leptos::html::Input>) {
    use std::cell::Cell;
    use std::rc::Rc;

    use wasm_bindgen::JsCast;
    use wasm_bindgen::closure::Closure;

    // An effect: what the server drew must be drawn the same way before anything changes.
    Effect::new(move |_| {
        let Some(form) = field.get().and_then(|field| field.form()) else { return };
        let (address, fields, of) = (address.clone(), fields.clone(), form.clone());
        let asked = Rc::new(Cell::new(0_u32));
        let add_up = move || {
            let typed = typed(&of, &fields);
            asked.set(asked.get() + 1);
            if typed.is_empty() {
                return sum.set(None);
            }
            let (question, turn, asked) = (format!("{address}?{typed}"), asked.get(), Rc::clone(&asked));
            leptos::task::spawn_local(async move {
                let answer = super::ask::json(&question).await.ok().and_then(|answer| answer.as_string());
                // A late answer to what was typed before says nothing.
                if asked.get() == turn {
                    sum.set(answer);
                }
            });
        };
        // A form that was refused comes back filled in.
        add_up();
        let listener = Closure::<dyn FnMut()>::new(add_up);
        let _listens = form.add_event_listener_with_callback("input", listener.as_ref().unchecked_ref());
        // It lives as long as the page.
        listener.forget();
    });
}

// The filled fields as a query string.
#[cfg(feature = "hydrate")]
fn typed(form: &web_sys::HtmlFormElement, fields: &str) -> String {
    let Ok(data) = web_sys::FormData::new_with_form(form) else { return String::new() };
    let pairs = fields.split(' ').filter_map(|name| {
        let text = data.get(name).as_string().filter(|text| !text.trim().is_empty())?;
        Some(format!("{name}={}", String::from(js_sys::encode_uri_component(&text))))
    });
    pairs.collect::<Vec<_>>().join("&")
}
