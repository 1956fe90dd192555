//! Maintained figures: by store, local day and currency; by local hour; and by product and day.
//!
//! `apply` moves them on in the transaction of the fact, `read` adds them up, `recount` computes them
//! independently from raw rows, to prove and to repair.

mod apply;
mod deltas;
mod read;
mod recount;
mod refunds;
mod spot;
mod witness;

pub(crate) use apply::apply;
pub use deltas::Deltas;
pub(crate) use read::{ByCurrency, FiguresRow, Spans, currency, days, hours, raw, totals};
pub use recount::{Difference, may_be_misread, rebuild, verify};
pub(crate) use refunds::move_refunds;
pub use spot::{repair_day, span, verify_day};
