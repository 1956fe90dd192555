//! The live mark of every page, and the pill that says how many orders came in since it was loaded.

use leptos::prelude::*;

use super::import_progress::group;

#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only browsers get further than the first"))]
enum Mark {
    // Scripts are off, or not awake yet: the page shows the state at its loading.
    Still,
    CatchingUp,
    Live,
    Offline(String),
}

impl Mark {
    fn words(&self) -> String {
        match self {
            Self::Still => "Not live".into(),
            Self::CatchingUp => "Catching up".into(),
            Self::Live => "Live".into(),
            Self::Offline(since) => format!("Offline since {since}"),
        }
    }

    const fn state(&self) -> &'static str {
        match self {
            Self::Still => "still",
            Self::CatchingUp => "catching",
            Self::Live => "Live",
            Self::Offline(_) => "offline",
        }
    }
}

/// Follows the tenant's feed. Moves no rows: whoever wants to see the new orders follows the pill.
#[island]
pub fn LiveOrders(
    /// Address of the stream, from the last event on that the page already shows.
    events: String,
    /// Slug of the store whose orders count; none for all.
    store: Option<String>,
    /// Where the pill leads; none where the page shows no orders.
    show: Option<String>,
    /// Where the server says how many orders of the page's own filter came in; none where every order of the store counts.
    count: Option<String>,
    /// The last event that the page already shows.
    after: i64,
    /// What stands between thousands on the page.
    apart: String,
) -> impl IntoView {
    let mark = RwSignal::new(Mark::Still);
    let fresh = RwSignal::new(0_u32);
    let apart = StoredValue::new(apart);
    wake(events, Counting { store, count, after }, mark, fresh);
    let words = move || match fresh.get() {
        0 => String::new(),
        1 => "1 new order".to_owned(),
        n => format!("{} new orders", apart.with_value(|apart| group(n.into(), apart))),
    };
    // What announces must be there before it has anything to say, and outside of what is hidden until then.
    let pill = show.map(|show| {
        view! {
            <span class="sr-only" role="status">{words}</span>
            <a class="live-pill" href=show hidden=move || fresh.get() == 0>
                <span>{words}</span>
                <span>"Show"</span>
            </a>
        }
    });
    view! {
        <span class="live" data-state=move || mark.with(Mark::state)>{move || mark.with(Mark::words)}</span>
        {pill}
    }
}

// Which of the orders that come in count.
#[derive(Clone)]
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only browsers hear of new orders"))]
struct Counting {
    store: Option<String>,
    count: Option<String>,
    after: i64,
}

#[cfg(not(feature = "hydrate"))]
fn wake(_events: String, _counting: Counting, _mark: RwSignal<Mark>, _fresh: RwSignal<u32>) {}

#[cfg(feature = "hydrate")]
fn wake(events: String, counting: Counting, mark: RwSignal<Mark>, fresh: RwSignal<u32>) {
    // An effect: what the server drew must be drawn the same way before anything changes.
    Effect::new(move |_| {
        mark.set(Mark::CatchingUp);
        follow(&events, counting.clone(), mark, fresh);
    });
    on_cleanup(super::stream::close);
}

#[cfg(feature = "hydrate")]
fn follow(events: &str, counting: Counting, mark: RwSignal<Mark>, fresh: RwSignal<u32>) {
    use super::arrivals::Arrivals;
    use super::stream::{self, Heard};

    let Counting { store, count, after } = counting;
    let arrivals = count.map(|address| Arrivals::new(address, after, fresh));

    stream::follow(events, move |heard| match heard {
        Heard::Waiting => mark.set(Mark::CatchingUp),
        Heard::Open => settle(mark),
        Heard::Lost => mark.update(|mark| {
            if !matches!(mark, Mark::Offline(_)) {
                *mark = Mark::Offline(hour());
            }
        }),
        Heard::Event(kind, data) => {
            let of = stream::field(data, "store").as_string();
            let ours = store.is_none() || of.is_none() || of == store;
            let came = if ours { placed(kind, data) } else { 0 };
            match &arrivals {
                // The page shows some of them only: the server knows which.
                Some(arrivals) if came > 0 => arrivals.ask(),
                Some(_) => {}
                None => fresh.update(|n| *n = n.saturating_add(came)),
            }
        }
    });
}

// Orders that an event brings.
#[cfg(feature = "hydrate")]
fn placed(kind: &str, data: &wasm_bindgen::JsValue) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count; saturates")]
    let stored = || super::stream::field(data, "stored").as_f64().map_or(0, |n| n as u32);
    match kind {
        "order.placed" => 1,
        "import.progress" => stored(),
        _ => 0,
    }
}

// What was missed arrives in one go after the opening; when that is over, the page is live.
#[cfg(feature = "hydrate")]
fn settle(mark: RwSignal<Mark>) {
    mark.set(Mark::CatchingUp);
    let over = move || {
        mark.update(|mark| {
            if *mark == Mark::CatchingUp {
                *mark = Mark::Live;
            }
        });
    };
    set_timeout(over, std::time::Duration::from_millis(500));
}

#[cfg(feature = "hydrate")]
fn hour() -> String {
    let now = js_sys::Date::new_0();
    format!("{:02}:{:02}", now.get_hours(), now.get_minutes())
}
