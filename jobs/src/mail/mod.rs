//! Sending mail: `mailer` knows the mail server or the folder, `letter` what a message says in both its forms, `send`
//! takes messages out of the outbox. What a message tells of is put there by the noun that it is about.

mod address;
mod letter;
mod mailer;
mod outgoing;
mod send;

pub use address::{WrongSetting, check_from, check_url};
pub(crate) use letter::why;
pub use letter::{Column, Letter, Part};
pub use mailer::{Mailer, NOBODY, Session, Trouble};
pub use send::{Report, prune, send_due, send_one};
pub(crate) use send::{prune_job, send_all, send_job};
