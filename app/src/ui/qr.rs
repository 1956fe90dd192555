//! QR codes, drawn inline: nothing leaves the page.

use std::fmt::Write;

use leptos::prelude::*;
use qrcodegen::{QrCode, QrCodeEcc};

/// The margin that readers need, in modules.
const MARGIN: i32 = 4;

/// A code that says `text`; nothing for a text that is too long for one.
#[component]
pub fn Qr(
    /// What it says.
    text: String,
    /// What it is, for those who do not see it.
    label: &'static str,
) -> impl IntoView {
    let code = QrCode::encode_text(&text, QrCodeEcc::Medium).ok()?;
    let side = code.size() + 2 * MARGIN;
    let view_box = format!("0 0 {side} {side}");
    Some(view! {
        <svg class="qr" role="img" aria-label=label viewBox=view_box width="220" height="220" shape-rendering="crispEdges">
            <rect width=side.to_string() height=side.to_string() fill="#fff"></rect>
            <path d=path(&code) fill="#000"></path>
        </svg>
    })
}

// One square a dark module.
fn path(code: &QrCode) -> String {
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            let _infallible = write!(path, "M{} {}h1v1h-1z", x + MARGIN, y + MARGIN);
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_corners_are_dark() {
        let code = QrCode::encode_text("otpauth://totp/x", QrCodeEcc::Medium).unwrap();
        let path = path(&code);
        assert!(path.starts_with("M4 4h1v1h-1z"), "{path}");
        assert_eq!(
            path.matches('M').count() as i32,
            (0..code.size())
                .flat_map(|y| (0..code.size()).map(move |x| (x, y)))
                .filter(|(x, y)| code.get_module(*x, *y))
                .count() as i32
        );
    }
}
