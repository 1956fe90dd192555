//! The parameters of a list's address.

use domain::fields::FieldErrors;
use domain::page::{Place, Seal};

/// What is said of a store that the tenant does not have, or not any more.
pub const NO_STORE: &str = "Choose one of your stores.";

/// Names and values, as they stand in an address.
pub type Pairs = Vec<(String, String)>;

/// The same, borrowed.
pub fn of(typed: &Pairs) -> impl Iterator<Item = (&str, &str)> {
    typed.iter().map(|(name, value)| (name.as_str(), value.as_str()))
}

/// The place that the address of a list without other filters names, and the faults of the rest.
pub fn place(typed: &Pairs, seal: &Seal) -> (Option<Place>, FieldErrors) {
    let mut place = None;
    let faults = FieldErrors::of_pairs(of(typed), |name, value| match name {
        "cursor" => seal.open(value).map(|found| place = Some(found)).map_err(str::to_owned),
        _ => Err(domain::fields::UNKNOWN.into()),
    });
    (place, faults)
}
