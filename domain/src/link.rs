//! Addresses of pages that are written where no page is: in mail, for example. Pages use them as well.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// `text` as one part of an address.
pub fn escape(text: &str) -> Cow<'_, str> {
    utf8_percent_encode(text, UNRESERVED).into()
}

/// `text` as a whole step of a path. Browsers walk on `.` and `..` even when they are escaped, so these stand behind a
/// tilde, and so does whatever begins with one.
pub fn segment(text: &str) -> Cow<'_, str> {
    let escaped = escape(text);
    let is_walked_on = matches!(text, "." | "..") || text.starts_with('~');
    if is_walked_on { format!("~{escaped}").into() } else { escaped }
}

/// What [`segment`] stood for, once unescaped.
pub fn from_segment(step: &str) -> &str {
    step.strip_prefix('~').unwrap_or(step)
}

/// One order.
pub fn order(tenant: &str, store: &str, number: &str) -> String {
    // Every row of a list has one, and formatting takes its time.
    ["/t/", tenant, "/orders/", store, "/", &segment(number)].concat()
}

/// One day of a store's dashboard.
pub fn day(tenant: &str, store: &str, day: chrono::NaiveDate) -> String {
    format!("/t/{tenant}?store={}&from={day}&to={day}", escape(store))
}

/// The orders of a store in which a SKU stands.
pub fn orders_of(tenant: &str, store: &str, sku: &str) -> String {
    format!("/t/{tenant}/orders?store={}&q={}", escape(store), escape(sku))
}

/// An invitation to a tenant.
pub fn invitation(secret: &str) -> String {
    format!("/invitation/{secret}")
}

/// The choice of another password.
pub fn reset_password(secret: &str) -> String {
    format!("/reset-password/{secret}")
}

/// The confirmation of an address.
pub fn confirm_email(secret: &str) -> String {
    format!("/confirm-email/{secret}")
}
