//! What the chosen lines of a refund come to, while they are chosen. The server computes the same when the form is sent.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A line that can be given back, as far as its amount goes. Minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundLine {
    /// Position in the order, from 1.
    pub position: i32,
    /// Pieces sold.
    pub quantity: i64,
    /// Pieces given back before.
    pub refunded: i64,
    /// What all pieces cost after discounts and without tax.
    pub value: i64,
    /// Tax on all pieces.
    pub tax: i64,
}

/// The sum of the form that it stands in. Without scripts, and while something that was typed is no number, it says nothing.
#[island]
pub fn RefundSum(
    /// The lines.
    lines: Vec<RefundLine>,
    /// The sign of the currency.
    sign: String,
    /// Its decimals.
    decimals: u32,
    /// How the tenant has its numbers written.
    format: String,
) -> impl IntoView {
    let sum = RwSignal::new(None::<String>);
    let output = NodeRef::<leptos::html::Output>::new();
    wake(lines, (sign, decimals, format), sum, output);
    view! {
        <output class="text-sm text-quiet tabular-nums" node_ref=output>
            {move || sum.get().map(|sum| format!("Selected: {sum}"))}
        </output>
    }
}

#[cfg(not(feature = "hydrate"))]
fn wake(
    _lines: Vec<RefundLine>,
    _written: (String, u32, String),
    _sum: RwSignal<Option<String>>,
    _output: NodeRef<leptos::html::Output>,
) {
}

#[cfg(feature = "hydrate")]
fn wake(
    lines: Vec<RefundLine>,
    (sign, decimals, format): (String, u32, String),
    sum: RwSignal<Option<String>>,
    output: NodeRef<leptos::html::Output>,
) {
    use wasm_bindgen::JsCast;
    use wasm_bindgen::closure::Closure;

    let format: domain::numbers::NumberFormat = format.parse().unwrap_or_default();
    // An effect: what the server drew must be drawn the same way before anything changes.
    Effect::new(move |_| {
        let Some(form) = output.get().and_then(|output| output.form()) else { return };
        let (lines, sign, of) = (lines.clone(), sign.clone(), form.clone());
        let add_up = move || {
            let minor = selected(&lines, (decimals, format), |name| typed(&of, name));
            sum.set(minor.filter(|minor| *minor > 0).map(|minor| format.minor(&sign, minor, decimals)));
        };
        // A form that was refused comes back filled in.
        add_up();
        let listener = Closure::<dyn FnMut()>::new(add_up);
        let _listens = form.add_event_listener_with_callback("input", listener.as_ref().unchecked_ref());
        // It lives as long as the page.
        listener.forget();
    });
}

#[cfg(feature = "hydrate")]
fn typed(form: &web_sys::HtmlFormElement, name: &str) -> String {
    let field = web_sys::FormData::new_with_form(form).map(|data| data.get(name));
    field.ok().and_then(|value| value.as_string()).unwrap_or_default()
}

// The lines and shipping of a form whose fields hold what `typed` says; none while one of them is no number.
#[cfg(any(feature = "hydrate", test))]
fn selected(
    lines: &[RefundLine],
    (decimals, format): (u32, domain::numbers::NumberFormat),
    typed: impl Fn(&str) -> String,
) -> Option<i64> {
    use domain::money::{Notation, amount, whole};
    use domain::orders::shares::part;

    let notation = Notation::Typed(format);
    let mut sum = match typed("shipping").trim() {
        "" => 0,
        text => amount(text, decimals, notation).ok()?,
    };
    for line in lines {
        let taken = match typed(&format!("line_{}", line.position)).trim() {
            "" => 0,
            text => whole(text, notation).ok().filter(|taken| (0..=line.quantity - line.refunded).contains(taken))?,
        };
        sum += part(line.value, line.refunded, taken, line.quantity);
        sum += part(line.tax, line.refunded, taken, line.quantity);
    }
    Some(sum)
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use domain::numbers::NumberFormat;

    use super::*;

    #[test]
    fn a_sum_is_that_of_the_refund_to_the_minor_unit() {
        let line = |position, quantity, refunded, value, tax| RefundLine { position, quantity, refunded, value, tax };
        let lines = [line(1, 3, 1, 1_000, 200), line(2, 1, 0, 890, 148)];
        let sum = |fields: &[(&str, &str)]| {
            let typed = |name: &str| fields.iter().find(|(n, _)| *n == name).map_or("", |(_, v)| v).to_owned();
            selected(&lines, (2, NumberFormat::PointComma), typed)
        };
        // Of 1,000 the first of three pieces was worth 333; the second is worth 334.
        assert_eq!(sum(&[("line_1", "1")]), Some(334 + 66));
        assert_eq!(sum(&[("line_1", "2"), ("line_2", "1"), ("shipping", "3,95")]), Some(667 + 133 + 890 + 148 + 395));
        assert_eq!(sum(&[]), Some(0));
        for bad in [("line_1", "3"), ("line_1", "-1"), ("line_2", "one"), ("shipping", "much")] {
            assert_eq!(sum(&[bad]), None, "{bad:?}");
        }
    }
}
