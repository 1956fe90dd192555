//! What a list left out of its address: a parameter that it does not know, or a value that it cannot use. The rest of the
//! address holds all the same.

use domain::fields::{FieldErrors, TWICE};
use leptos::prelude::*;

use super::field::sentence;
use super::icon::{Icon, Sign};
use crate::url;

// As much of a value as tells it from others.
const SHOWN: usize = 100;

/// One link for each parameter of `typed` that has a fault: it says which was ignored and why, and leads to the list at
/// `path` without it.
pub fn ignored(path: &str, typed: &[(String, String)], faults: &FieldErrors) -> Option<AnyView> {
    let mut left: Vec<(usize, &str)> = Vec::new();
    for fault in &faults.0 {
        let named = |at: &usize| typed[*at].0 == fault.field && !typed[*at].1.trim().is_empty();
        let mut places = (0..typed.len()).filter(named).filter(|at| left.iter().all(|(taken, _)| taken != at));
        // Of what is there twice, the first one counts.
        let found = if fault.message == TWICE { places.next_back() } else { places.next() };
        left.extend(found.map(|at| (at, fault.message.as_str())));
    }
    let chips: Vec<AnyView> = left.into_iter().map(|(at, reason)| chip(path, typed, at, reason)).collect();
    (!chips.is_empty()).then(|| view! { <div class="chips" role="status">{chips}</div> }.into_any())
}

fn chip(path: &str, typed: &[(String, String)], at: usize, reason: &str) -> AnyView {
    let (name, value) = &typed[at];
    let plain: String = value.trim().chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).take(SHOWN).collect();
    let cut = if value.trim().chars().count() > SHOWN { "\u{2026}" } else { "" };
    let words = format!("Ignored: {name} = {plain}{cut}");
    let label = format!("{words}. Remove it.");
    let rest = typed.iter().enumerate().filter(|(n, (_, value))| *n != at && !value.trim().is_empty());
    let href = url::with_query(path, rest.map(|(_, (name, value))| (name.as_str(), value.as_str())));
    view! {
        <a class="chip chip-ignored" href=href title=sentence(reason) aria-label=label>
            <span dir="auto">{words}</span>
            <Icon sign=Sign::Close/>
        </a>
    }
    .into_any()
}
