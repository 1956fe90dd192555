//! Letters to people about their account and their teams. The server puts them into the outbox in the transaction of what
//! they tell of.

mod invitation;
mod links;
mod notices;

pub use invitation::{Invitation, invitation};
pub use links::{confirm_email, reset_password};
pub use notices::{Notice, notice};

use crate::mail::Letter;

// As it stands in the outbox.
fn body(letter: Letter) -> serde_json::Value {
    serde_json::to_value(letter).unwrap_or_default()
}
