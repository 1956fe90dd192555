//! Messages to be sent, as rows: written in the transaction of what they tell of, sent afterwards. SMTP has no way to
//! send exactly once; `docs/decisions/0015-mail.md` says what is promised instead.

mod claim;
mod prune;
mod put;
mod settle;

#[cfg(feature = "testing")]
pub(crate) use claim::DUE;
pub use claim::{Claimed, LEASE, claim, claim_one};
pub use prune::prune;
pub use put::{NewMail, post, post_for_platform, put, put_for_platform};
pub use settle::{Ending, SECRET, settle};
