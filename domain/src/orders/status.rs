//! The kinds and statuses of orders, items and payments, as stored, shown and filtered.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use crate::choices::choices;

/// Whether goods went out or came back.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case", parse_err_ty = String, parse_err_fn = unknown::<OrderKind>)]
pub enum OrderKind {
    /// Goods sold.
    Sale,
    /// A credit note: quantities are negative.
    Return,
}

impl OrderKind {
    /// All of them, in the order in which people meet them.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// As stored and as it stands in the API and in addresses.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// Where an order is in its life.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case", parse_err_ty = String, parse_err_fn = unknown::<OrderStatus>)]
pub enum OrderStatus {
    /// There may be work left.
    Open,
    /// The work is done; it counts as before.
    Closed,
    /// It was called off; it counts in no figure.
    Cancelled,
}

impl OrderStatus {
    /// All of them, in the order in which people meet them.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// As stored and as it stands in the API and in addresses.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// What became of the money: derived from payments and refunds ([`super::standing`]).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case", parse_err_ty = String, parse_err_fn = unknown::<PaymentStatus>)]
pub enum PaymentStatus {
    /// Nothing was paid yet.
    Pending,
    /// The amount is reserved, not charged.
    Authorized,
    /// Part of it was paid.
    PartiallyPaid,
    /// All of it was paid.
    Paid,
    /// Part of what was paid was given back.
    PartiallyRefunded,
    /// All that was paid was given back.
    Refunded,
    /// The reservation was given up; nothing was paid.
    Voided,
}

impl PaymentStatus {
    /// All of them, in the order in which people meet them.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// As stored and as it stands in the API and in addresses.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// What became of the goods: derived from fulfilments ([`super::standing`]).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case", parse_err_ty = String, parse_err_fn = unknown::<FulfilmentStatus>)]
pub enum FulfilmentStatus {
    /// Nothing was sent yet.
    Unfulfilled,
    /// Part of it was sent.
    PartiallyFulfilled,
    /// Everything was sent.
    Fulfilled,
    /// Nothing is to be sent for now.
    OnHold,
    /// There is nothing to send.
    NotRequired,
}

impl FulfilmentStatus {
    /// All of them, in the order in which people meet them.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// As stored and as it stands in the API and in addresses.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// What a payment did.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case", parse_err_ty = String, parse_err_fn = unknown::<PaymentKind>)]
pub enum PaymentKind {
    /// Money came in.
    Charge,
    /// Money was reserved.
    Authorization,
    /// Reserved money came in.
    Capture,
    /// A reservation was given up.
    Void,
    /// Money went back.
    Refund,
}

impl PaymentKind {
    /// All of them, in the order in which people meet them.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// As stored and as it stands in the API and in addresses.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// What a line of an order stands for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case", parse_err_ty = String, parse_err_fn = unknown::<ItemKind>)]
pub enum ItemKind {
    /// Goods.
    Product,
    /// Carriage.
    Shipping,
    /// A reduction; its amount is never above zero.
    Discount,
    /// Any other charge.
    Fee,
}

impl ItemKind {
    /// All of them, in the order in which people meet them.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// As stored and as it stands in the API and in addresses.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

fn unknown<T: VariantArray + Copy + Into<&'static str>>(_: &str) -> String {
    format!("Use one of {}.", choices::<T>())
}
