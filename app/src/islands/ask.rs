//! Asks the server for JSON with the `fetch` of the browser: the client of server functions would add 10 KB to each page.

use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::stream::field;

/// The JSON at `address`.
///
/// # Errors
/// When the server is out of reach, refuses, or answers with something else.
pub async fn json(address: &str) -> Result<JsValue, JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let fetch: Function = field(&window, "fetch").dyn_into()?;
    let answer = JsFuture::from(fetch.call1(&window, &address.into())?.dyn_into::<Promise>()?).await?;
    if field(&answer, "ok") != JsValue::TRUE {
        return Err(JsValue::NULL);
    }
    let json: Function = field(&answer, "json").dyn_into()?;
    JsFuture::from(json.call0(&answer)?.dyn_into::<Promise>()?).await
}
