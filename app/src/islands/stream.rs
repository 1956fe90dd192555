//! The event stream that the pages of a browser share (`public/stream.js`), for the islands of this page.

use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = stoaStream, js_name = follow)]
    fn join(address: &str, listener: &JsValue) -> Result<(), JsValue>;

    #[wasm_bindgen(catch, js_namespace = stoaStream, js_name = close)]
    fn leave() -> Result<(), JsValue>;
}

/// What a listener hears.
pub enum Heard<'a> {
    /// It is not known whether the stream is open.
    Waiting,
    /// The stream is open.
    Open,
    /// It broke; it will be tried again.
    Lost,
    /// An event of this kind with this data.
    Event(&'a str, &'a JsValue),
}

/// Calls `listener` with everything that the stream at `address` says after the event that the address names.
pub fn follow(address: &str, listener: impl Fn(&Heard<'_>) + 'static) {
    let told = Closure::<dyn FnMut(String, JsValue)>::new(move |kind: String, data: JsValue| {
        listener(&match kind.as_str() {
            "wait" => Heard::Waiting,
            "open" => Heard::Open,
            "lost" => Heard::Lost,
            kind => Heard::Event(kind, &data),
        });
    });
    // It may be called as long as there is the page. Without the script nothing is ever heard, and the page says so.
    let _unheard = join(address, &told.into_js_value());
}

/// Ends it for this page.
pub fn close() {
    let _never_begun = leave();
}

/// The field `name` of an event's data.
pub fn field(data: &JsValue, name: &str) -> JsValue {
    js_sys::Reflect::get(data, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}
