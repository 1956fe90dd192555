//! The one event stream of a page, shared by its islands.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::set_timeout;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, EventSource, MessageEvent};

const KINDS: [&str; 4] = ["order.placed", "order.updated", "import.progress", "gap"];
const RETRY: Duration = Duration::from_secs(5);
// Whoever was signed out is not let in by asking: after some minutes, once in five is enough.
const MOST_DOUBLINGS: u32 = 6;

/// What a listener hears.
pub enum Heard<'a> {
    /// The stream is open.
    Open,
    /// It broke; it will be tried again.
    Lost,
    /// An event of this kind with this data.
    Event(&'a str, &'a JsValue),
}

type Listener = Rc<dyn Fn(&Heard<'_>)>;

#[derive(Default)]
struct Stream {
    source: Option<EventSource>,
    // Kept as long as the source may call them.
    callbacks: Vec<Closure<dyn FnMut(Event)>>,
    listeners: Vec<Listener>,
    address: String,
    last: Option<String>,
    // How often it was tried in vain since it was last open.
    failures: u32,
}

thread_local! {
    static STREAM: RefCell<Stream> = RefCell::default();
}

/// Calls `listener` with everything that the stream at `address` says. The first call opens it.
pub fn follow(address: &str, listener: impl Fn(&Heard<'_>) + 'static) {
    let first = STREAM.with_borrow_mut(|stream| {
        stream.listeners.push(Rc::new(listener));
        address.clone_into(&mut stream.address);
        stream.source.is_none()
    });
    if first {
        open();
    }
}

/// Ends the stream.
pub fn close() {
    STREAM.with_borrow_mut(|stream| {
        if let Some(source) = stream.source.take() {
            source.close();
        }
        stream.listeners.clear();
    });
}

/// The field `name` of an event's data.
pub fn field(data: &JsValue, name: &str) -> JsValue {
    js_sys::Reflect::get(data, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

fn open() {
    STREAM.with_borrow_mut(|stream| {
        let Ok(source) = EventSource::new(&address_from(stream)) else { return };
        stream.callbacks.clear();
        for kind in KINDS {
            listen(stream, &source, kind, move |event| pass_on(kind, event));
        }
        listen(stream, &source, "open", |_| {
            STREAM.with_borrow_mut(|stream| stream.failures = 0);
            tell(&Heard::Open);
        });
        listen(stream, &source, "error", lost);
        stream.source = Some(source);
    });
}

// A stream opened anew goes on after the last event heard; the browser itself does so only for short breaks.
fn address_from(stream: &Stream) -> String {
    match &stream.last {
        Some(last) => format!("{}?after={last}", stream.address.split('?').next().unwrap_or_default()),
        None => stream.address.clone(),
    }
}

fn listen(stream: &mut Stream, source: &EventSource, kind: &str, heard: impl Fn(Event) + 'static) {
    let callback = Closure::<dyn FnMut(Event)>::new(heard);
    let _unknown_kind = source.add_event_listener_with_callback(kind, callback.as_ref().unchecked_ref());
    stream.callbacks.push(callback);
}

fn pass_on(kind: &str, event: Event) {
    let Ok(event) = event.dyn_into::<MessageEvent>() else { return };
    STREAM.with_borrow_mut(|stream| stream.last = Some(event.last_event_id()));
    let data = event.data().as_string().and_then(|text| js_sys::JSON::parse(&text).ok());
    tell(&Heard::Event(kind, &data.unwrap_or(JsValue::NULL)));
}

fn lost(event: Event) {
    tell(&Heard::Lost);
    let given_up = event
        .target()
        .and_then(|target| target.dyn_into::<EventSource>().ok())
        .is_some_and(|source| source.ready_state() == EventSource::CLOSED);
    if given_up {
        set_timeout(again, pause());
    }
}

fn again() {
    if STREAM.with_borrow(|stream| stream.source.is_some()) {
        open();
    }
}

// Twice as long each time.
fn pause() -> Duration {
    STREAM.with_borrow_mut(|stream| {
        let doubled = stream.failures.min(MOST_DOUBLINGS);
        stream.failures += 1;
        RETRY * 2_u32.pow(doubled)
    })
}

fn tell(heard: &Heard<'_>) {
    let listeners = STREAM.with_borrow(|stream| stream.listeners.clone());
    for listener in listeners {
        listener(heard);
    }
}
