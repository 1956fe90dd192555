//! The kinds and statuses of orders and items, as stored, shown and filtered.

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant),* }

        impl $name {
            /// All of them, in the order in which people meet them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// As stored and as it stands in the API and in addresses.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL.iter().copied().find(|v| v.as_str() == text).ok_or_else(|| {
                    let known: Vec<_> = Self::ALL.iter().map(|v| v.as_str()).collect();
                    format!("Use one of {}.", known.join(", "))
                })
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// Whether goods went out or came back.
    OrderKind {
        /// Goods sold.
        Sale = "sale",
        /// A credit note: quantities are negative.
        Return = "return",
    }
}

words! {
    /// Whether the order stands.
    OrderStatus {
        /// It stands.
        Open = "open",
        /// It was called off; it counts nowhere.
        Cancelled = "cancelled",
    }
}

words! {
    /// What became of the money. Orders arrive paid: shops hand them over after checkout.
    PaymentStatus {
        /// All of it is ours.
        Paid = "paid",
        /// Part of it was given back.
        PartiallyRefunded = "partially_refunded",
        /// All of it was given back.
        Refunded = "refunded",
    }
}

words! {
    /// What became of the goods.
    FulfilmentStatus {
        /// Nothing was sent yet.
        Unfulfilled = "unfulfilled",
        /// Everything was sent.
        Fulfilled = "fulfilled",
    }
}

words! {
    /// What a line of an order stands for.
    ItemKind {
        /// Goods.
        Product = "product",
        /// Carriage.
        Shipping = "shipping",
        /// A reduction; its amount is never above zero.
        Discount = "discount",
        /// Any other charge.
        Fee = "fee",
    }
}
