//! On which day what was given back counts.

use std::str::FromStr;

use chrono::{DateTime, Utc};

/// The day on which a store's refunds count. A return order is an order of its own that names no sale, so it counts on
/// its own day under either rule.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
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
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Return => "return",
            Self::Order => "order",
        }
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

impl FromStr for ReturnDay {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|rule| rule.as_str() == text);
        found.ok_or_else(|| format!("Use {} or {}.", Self::Return.as_str(), Self::Order.as_str()))
    }
}
