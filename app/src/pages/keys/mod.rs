//! Keys of programs.

mod index;
mod model;
mod one;

pub use index::page as index;
pub use model::{KeyForm, KeyIndex, OneKey};
pub use one::page as one;

use db::api_keys::KeyRow;
use domain::permission::KeyScope;

/// What a key is called.
fn name(key: &KeyRow) -> String {
    if key.name.is_empty() { format!("Key {}", &key.id.to_string()[24..]) } else { key.name.clone() }
}

/// What a key may do.
fn scopes(scopes: &[KeyScope]) -> String {
    scopes.iter().map(|s| s.as_str()).collect::<Vec<_>>().join(", ")
}
