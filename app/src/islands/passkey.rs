//! The moment in which a device makes or uses a passkey: only a program in the browser can ask it. What it answers goes to
//! the server as a plain form.

use leptos::prelude::*;

#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only browsers get further than the first"))]
enum Step {
    // Scripts are off, or not awake yet.
    Asleep,
    Ready,
    Asking,
    Refused,
    Unable,
}

impl Step {
    const fn words(self) -> &'static str {
        match self {
            Self::Asleep => "Passkeys need JavaScript. Without it, sign in with your password and a code.",
            Self::Ready => "",
            Self::Asking => "Follow the instructions on your device.",
            Self::Refused => "Your device did not provide a passkey. Try again, or go back.",
            Self::Unable => "This browser does not support passkeys.",
        }
    }
}

/// Asks the device, and sends what it answers as `credential`.
#[island]
pub fn PasskeyStep(
    /// Where the answer goes.
    action: String,
    /// What the device is asked: the options of WebAuthn as JSON.
    options: String,
    /// Whether it makes a passkey; otherwise it uses one, and is asked at once.
    makes: bool,
    /// Where to go afterwards.
    next: Option<String>,
) -> impl IntoView {
    let step = RwSignal::new(Step::Asleep);
    let form = NodeRef::<leptos::html::Form>::new();
    let answer = NodeRef::<leptos::html::Input>::new();
    let ask = wake(options, makes, step, form, answer);
    let label = if makes { "Create passkey" } else { "Try again" };
    let is_shown = move || matches!(step.get(), Step::Ready | Step::Refused);
    view! {
        <form class="stack" method="post" action=action node_ref=form>
            {next.map(|next| view! { <input type="hidden" name="next" value=next/> })}
            <input type="hidden" name="credential" node_ref=answer/>
            <p role="status">{move || step.get().words()}</p>
            <button type="button" class="btn btn-primary" hidden=move || !is_shown() on:click=move |_| ask()>
                {label}
            </button>
        </form>
    }
}

#[cfg(not(feature = "hydrate"))]
fn wake(
    _options: String,
    _makes: bool,
    _step: RwSignal<Step>,
    _form: NodeRef<leptos::html::Form>,
    _answer: NodeRef<leptos::html::Input>,
) -> impl Fn() + Clone + 'static {
    || ()
}

#[cfg(feature = "hydrate")]
fn wake(
    options: String,
    makes: bool,
    step: RwSignal<Step>,
    form: NodeRef<leptos::html::Form>,
    answer: NodeRef<leptos::html::Input>,
) -> impl Fn() + Clone + 'static {
    let ask = move || {
        step.set(Step::Asking);
        let options = options.clone();
        leptos::task::spawn_local(async move {
            match browser::ask(&options, makes).await {
                Ok(given) => {
                    if let (Some(answer), Some(form)) = (answer.get_untracked(), form.get_untracked()) {
                        answer.set_value(&given);
                        let _sent = form.submit();
                    }
                }
                Err(_) => step.set(Step::Refused),
            }
        });
    };
    let at_once = ask.clone();
    // An effect: what the server drew must be drawn the same way before anything changes.
    Effect::new(move |_| {
        if !browser::is_able(makes) {
            step.set(Step::Unable);
        } else if makes {
            step.set(Step::Ready);
        } else {
            at_once();
        }
    });
    ask
}

// What browsers have for passkeys, called by name: options and answers go through as JSON.
#[cfg(feature = "hydrate")]
mod browser {
    use js_sys::{Function, JSON, Object, Promise, Reflect};
    use wasm_bindgen::{JsCast, JsValue};
    use wasm_bindgen_futures::JsFuture;

    pub fn is_able(makes: bool) -> bool {
        Reflect::get(&class(), &reader(makes).into()).is_ok_and(|reader| reader.is_function())
    }

    pub async fn ask(options: &str, makes: bool) -> Result<String, JsValue> {
        let options = call(&class(), reader(makes), &JSON::parse(options)?)?;
        let wanted = Object::new();
        Reflect::set(&wanted, &"publicKey".into(), &options)?;
        let credentials = get(&get(&js_sys::global(), "navigator"), "credentials");
        let asked = call(&credentials, if makes { "create" } else { "get" }, &wanted)?;
        let given = JsFuture::from(asked.dyn_into::<Promise>()?).await?;
        let plain = call(&given, "toJSON", &JsValue::UNDEFINED)?;
        JSON::stringify(&plain).map(String::from)
    }

    const fn reader(makes: bool) -> &'static str {
        if makes { "parseCreationOptionsFromJSON" } else { "parseRequestOptionsFromJSON" }
    }

    fn class() -> JsValue {
        get(&js_sys::global(), "PublicKeyCredential")
    }

    fn get(of: &JsValue, name: &str) -> JsValue {
        Reflect::get(of, &name.into()).unwrap_or(JsValue::UNDEFINED)
    }

    fn call(of: &JsValue, name: &str, argument: &JsValue) -> Result<JsValue, JsValue> {
        get(of, name).dyn_into::<Function>()?.call1(of, argument)
    }
}
