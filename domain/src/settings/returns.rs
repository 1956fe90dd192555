//! On which day what was given back counts.

use chrono::{DateTime, Utc};
use strum::{EnumString, IntoStaticStr};

/// The day on which a store's refunds count. A return order is an order of its own that names no sale, so it counts on
/// its own day under either rule.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, EnumString, IntoStaticStr)]
#[strum(serialize_all = "lowercase", parse_err_ty = String, parse_err_fn = unknown)]
pub enum ReturnDay {
    /// The day on which the refund is recorded.
    #[default]
    Return,
    /// The day of the order on which it is made.
    Order,
}

impl ReturnDay {
    /// All of them, the usual one first.
    pub const ALL: [Self; 2] = [Self::Return, Self::Order];

    /// As stored and as it stands in forms.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// What people choose.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Return => "Refund date",
            Self::Order => "Order date",
        }
    }

    /// The instant at which a refund counts that was recorded at `refunded_at` on an order of `placed_at`.
    pub const fn counts_at(self, refunded_at: DateTime<Utc>, placed_at: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::Return => refunded_at,
            Self::Order => placed_at,
        }
    }
}

fn unknown(_: &str) -> String {
    format!("Use {} or {}.", ReturnDay::Return.as_str(), ReturnDay::Order.as_str())
}
