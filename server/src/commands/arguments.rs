//! Arguments that are checked before anything is done: a bad one is wrong use, exit status 2.

use std::str::FromStr;

use domain::calendar::Tz;
use domain::money::Currency;
use domain::permission::{KeyScope, Role};
use domain::settings::Recipients;

/// The slug of something that exists.
pub fn known_slug(text: &str) -> Result<String, String> {
    domain::slug::form(text).map(|()| text.to_owned()).map_err(str::to_owned)
}

/// A slug for something new.
pub fn slug(text: &str) -> Result<String, String> {
    domain::slug::check(text).map(|()| text.to_owned()).map_err(str::to_owned)
}

/// A name or another text that must say something.
pub fn words(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() { Err("Enter a value.".to_owned()) } else { Ok(text.to_owned()) }
}

/// An IANA time zone.
pub fn time_zone(text: &str) -> Result<String, String> {
    Tz::from_str(text).map(|_| text.to_owned()).map_err(|_| "Use an IANA time zone such as Europe/London.".to_owned())
}

/// An ISO 4217 currency.
pub fn currency(text: &str) -> Result<String, String> {
    Currency::from_str(text).map(|_| text.to_owned()).map_err(|e| e.to_string())
}

/// A role.
pub fn role(text: &str) -> Result<Role, String> {
    text.parse().map_err(|e: domain::permission::Unknown| e.to_string())
}

/// A scope of an API key.
pub fn key_scope(text: &str) -> Result<KeyScope, String> {
    text.trim().parse().map_err(|e: domain::permission::Unknown| e.to_string())
}

/// Emails separated by commas. An empty text is an empty list.
pub fn recipients(text: &str) -> Result<Recipients, String> {
    Recipients::parse(text)
}
