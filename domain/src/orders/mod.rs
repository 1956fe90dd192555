//! Orders: what a valid one is, what it is worth, and what may be done with it.

pub mod any_of;
pub mod edit;
pub mod figures;
pub mod new_order;
pub mod number;
pub mod query;
pub mod refund;
pub mod shares;
pub mod standing;
pub mod status;

pub use figures::Figures;
pub use new_order::{Amounts, NewCustomer, NewItem, NewOrder};
pub use query::OrderQuery;
pub use standing::Standing;
pub use status::{FulfilmentStatus, ItemKind, OrderKind, OrderStatus, PaymentKind, PaymentStatus};
