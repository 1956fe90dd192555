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
    /// Where an order is in its life.
    OrderStatus {
        /// There may be work left.
        Open = "open",
        /// The work is done; it counts as before.
        Closed = "closed",
        /// It was called off; it counts in no figure.
        Cancelled = "cancelled",
    }
}

words! {
    /// What became of the money: derived from payments and refunds ([`super::standing`]).
    PaymentStatus {
        /// Nothing was paid yet.
        Pending = "pending",
        /// The amount is reserved, not charged.
        Authorized = "authorized",
        /// Part of it was paid.
        PartiallyPaid = "partially_paid",
        /// All of it was paid.
        Paid = "paid",
        /// Part of what was paid was given back.
        PartiallyRefunded = "partially_refunded",
        /// All that was paid was given back.
        Refunded = "refunded",
        /// The reservation was given up; nothing was paid.
        Voided = "voided",
    }
}

words! {
    /// What became of the goods: derived from fulfilments ([`super::standing`]).
    FulfilmentStatus {
        /// Nothing was sent yet.
        Unfulfilled = "unfulfilled",
        /// Part of it was sent.
        PartiallyFulfilled = "partially_fulfilled",
        /// Everything was sent.
        Fulfilled = "fulfilled",
        /// Nothing is to be sent for now.
        OnHold = "on_hold",
        /// There is nothing to send.
        NotRequired = "not_required",
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

words! {
    /// What a payment did.
    PaymentKind {
        /// Money came in.
        Charge = "charge",
        /// Money was reserved.
        Authorization = "authorization",
        /// Reserved money came in.
        Capture = "capture",
        /// A reservation was given up.
        Void = "void",
        /// Money went back.
        Refund = "refund",
    }
}
