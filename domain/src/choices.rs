//! What can be chosen where one value of an enum is wanted: for messages about texts that are none of them.

use strum::VariantArray;

/// What to choose instead, as a form says it.
pub type Hint = &'static str;

/// The texts of all values, as in `full, database, files`.
pub(crate) fn choices<T: VariantArray + Copy + Into<&'static str>>() -> String {
    T::VARIANTS.iter().map(|value| (*value).into()).collect::<Vec<&str>>().join(", ")
}
