//! Asks the server how many of the orders that came in a filtered list would show. What comes in while it asks is asked for
//! afterwards, so that a burst of orders costs a few questions.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::{RwSignal, Update, set_timeout};
use leptos::task::spawn_local;
use wasm_bindgen::JsValue;

use super::ask;
use super::stream::field;

const PAUSE: Duration = Duration::from_millis(700);

/// What was counted so far.
#[derive(Clone)]
pub struct Arrivals(Rc<State>);

struct State {
    address: String,
    fresh: RwSignal<u32>,
    // The last event that was counted.
    through: Cell<i64>,
    // Whether a question is under way, and whether another must follow.
    asking: Cell<bool>,
    again: Cell<bool>,
}

impl Arrivals {
    /// Counts into `fresh` what the list at `address` shows of the events after `after`.
    pub fn new(address: String, after: i64, fresh: RwSignal<u32>) -> Self {
        let (asking, again) = (Cell::new(false), Cell::new(false));
        Self(Rc::new(State { address, fresh, through: Cell::new(after), asking, again }))
    }

    /// Something came in.
    pub fn ask(&self) {
        if self.0.asking.replace(true) {
            self.0.again.set(true);
            return;
        }
        let arrivals = self.clone();
        set_timeout(move || spawn_local(async move { arrivals.count().await }), PAUSE);
    }

    async fn count(&self) {
        let state = &self.0;
        // Of what comes in from here on, this answer may know or not.
        state.again.set(false);
        // Where it failed, the next order asks again, from the same event on.
        let more = self.answer().await.unwrap_or(false);
        state.asking.set(false);
        if more || state.again.get() {
            self.ask();
        }
    }

    // Whether there is more to count.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "counts and numbers of events; saturates"
    )]
    async fn answer(&self) -> Result<bool, JsValue> {
        let state = &self.0;
        let and = if state.address.contains('?') { '&' } else { '?' };
        let address = format!("{}{and}after={}", state.address, state.through.get());
        let found = ask::json(&address).await?;
        let number = |name: &str| field(&found, name).as_f64();
        let (count, through) = number("count").zip(number("through")).ok_or(JsValue::NULL)?;
        state.through.set(through as i64);
        state.fresh.update(|n| *n = n.saturating_add(count as u32));
        Ok(field(&found, "more") == JsValue::TRUE)
    }
}
