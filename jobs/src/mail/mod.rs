//! Sending mail: `server` knows the mail server or the folder, `letter` what a message says in both its forms, `send`
//! takes messages out of the outbox. What a message tells of is put there by the noun that it is about.

mod address;
pub(crate) mod job;
mod letter;
mod mailer;
mod outgoing;
mod send;

pub use address::{WrongSetting, check_from, check_url};
pub(crate) use letter::why;
pub use letter::{Column, Letter, Part};
pub use mailer::{Mailer, NOBODY, Session, Trouble};
pub(crate) use send::send_all;
pub use send::{Report, prune, send_due, send_one};
