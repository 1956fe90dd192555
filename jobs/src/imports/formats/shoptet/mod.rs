//! Orders as the administration of Shoptet exports them: `shoptet-xml` and `shoptet-csv`. Both say the same of an order, as text
//! and in the shop's zone; `told` makes the order of it, `money` its lines. Prices contain their tax.

pub(super) mod csv;
pub(super) mod xml;

mod events;
mod money;
mod told;
